import { Button, Group, Modal, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { TenantryProblem } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { FieldInput } from './field-input.tsx'
import { changeObject, createObject, ifMatch, type ObjectRow } from './object-api.ts'
import { changeOf, creationOf, type Values, valuesOf } from './object-values.ts'
import type { ViewResource } from './views-query.ts'

export interface ObjectFormProps {
  readonly resource: ViewResource
  /** What is changed; none to make a new one. */
  readonly row: ObjectRow | undefined
  readonly title: string
  readonly onClose: () => void
  readonly onSaved?: (row: ObjectRow) => void
}

/** Makes or changes an object, by inputs that its fields ask for. */
export function ObjectForm({ resource, row, title, onClose, onSaved }: ObjectFormProps) {
  const { t } = useTranslation(['views', 'common'])
  const queries = useQueryClient()
  const form = useForm<Record<string, unknown>>({ initialValues: valuesOf(resource.fields, row) })
  const bodyOf = (values: Values) => (row === undefined ? creationOf(values) : changeOf(resource.fields, row, values))
  const saving = useMutation({
    mutationFn: (values: Values) => {
      const body = bodyOf(values)
      if (row === undefined) return createObject(resource.path, body)
      return Object.keys(body).length === 0 ? Promise.resolve(row) : changeObject(resource.path, row, body)
    },
    onSuccess: (saved) => {
      onClose()
      onSaved?.(saved)
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  const outdated = saving.error instanceof TenantryProblem && saving.error.code === 'precondition_failed'
  const body = bodyOf(form.values)
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit((values) => saving.mutate(values))}>
        <Stack>
          {resource.fields
            .filter(({ managed }) => !managed)
            .map((field) => (
              <FieldInput
                key={field.name}
                field={field}
                value={form.values[field.name]}
                onChange={(value) => form.setFieldValue(field.name, value)}
                disabled={row !== undefined && field.immutable}
                error={form.errors[field.name]}
              />
            ))}
          <ProblemAlert error={saving.error} />
          {outdated && (
            <Button variant="default" onClick={() => queries.invalidateQueries().then(onClose)}>
              {t('takeNewest')}
            </Button>
          )}
          <Group justify="space-between">
            {row === undefined ? (
              <AsCall method="POST" path={resource.path} body={body} />
            ) : (
              <AsCall method="PATCH" path={`${resource.path}/${row.id}`} body={body} headers={ifMatch(row.version)} />
            )}
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button type="submit" loading={saving.isPending}>
                {row === undefined ? t('common:create') : t('common:save')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
