import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type ActionName, actionNames, actionOf, type BulkValues, dangerous, type NewBulk, usualValues } from './bulk-action.ts'
import { OverrideFields } from './override-fields.tsx'
import { usePlanNames } from './plan-names.ts'

export interface BulkFormProps {
  readonly selection: NewBulk['selection']
  /** How many tenants that is, as the operator sees it: with another number nothing is begun. */
  readonly count: number
  readonly onClose: () => void
}

/** What is done to many tenants, and why; goes on to the page that shows how far it is. */
export function BulkForm({ selection, count, onClose }: BulkFormProps) {
  const { t } = useTranslation(['bulk', 'common'])
  const navigate = useNavigate()
  const [values, setValues] = useState<BulkValues>(usualValues)
  const [typed, setTyped] = useState('')
  const { plans, names } = usePlanNames('filter' in selection ? selection.filter.system : undefined)
  const change = (some: Partial<BulkValues>) => setValues((before) => ({ ...before, ...some }))
  const body: NewBulk = { action: actionOf(values), selection, reason: values.reason, expected: count }
  const start = useMutation({
    mutationFn: () => api.POST('/v1/operations/bulk', { body, params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }),
    onSuccess: ({ data }) => void navigate({ to: `/bulk/${data.id}` }),
  })
  const sure = !dangerous.has(values.do) || typed.trim() === String(count)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (sure) start.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('title', { count })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Select
            label={t('action')}
            data={actionNames.map((name) => ({ value: name as string, label: t(`actions.${name}`) }))}
            value={values.do}
            onChange={(name) => change({ do: (name ?? 'suspend') as ActionName })}
            allowDeselect={false}
          />
          <Text size="sm" c="dimmed">
            {t(`about.${values.do}`)}
          </Text>
          {values.do === 'suspend' && (
            <Select
              label={t('mode')}
              data={(['blocked', 'read_only'] as const).map((mode) => ({ value: mode, label: t(`modes.${mode}`) }))}
              value={values.mode}
              onChange={(mode) => change({ mode: mode === 'read_only' ? 'read_only' : 'blocked' })}
              allowDeselect={false}
            />
          )}
          {values.do === 'assign_plan' && (
            <Select
              label={t('plan')}
              required
              data={plans.map(([value, label]) => ({ value, label }))}
              value={values.plan || null}
              onChange={(plan) => change({ plan: plan ?? '' })}
            />
          )}
          {(values.do === 'put_override' || values.do === 'end_override') && (
            <OverrideFields values={values} onChange={change} names={names} nameOnly={values.do === 'end_override'} />
          )}
          {values.do === 'notify' && (
            <>
              <TextInput
                label={t('subject')}
                required
                maxLength={150}
                value={values.subject}
                onChange={(event) => change({ subject: event.currentTarget.value })}
              />
              <Textarea
                label={t('message')}
                description={t('messageHint')}
                required
                maxLength={4000}
                autosize
                minRows={4}
                value={values.message}
                onChange={(event) => change({ message: event.currentTarget.value })}
              />
            </>
          )}
          <Textarea
            label={t('reason')}
            description={t('reasonHint')}
            required
            minLength={3}
            maxLength={500}
            autosize
            value={values.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
          {dangerous.has(values.do) && (
            <TextInput
              label={t('sure', { count })}
              autoComplete="off"
              inputMode="numeric"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          <ProblemAlert error={start.error} />
          <Group justify="space-between">
            <AsCall method="POST" path="/v1/operations/bulk" body={body} headers={{ 'Idempotency-Key': '<uuid>' }} />
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common:cancel')}
              </Button>
              <Button
                type="submit"
                {...(dangerous.has(values.do) && { color: 'red' })}
                disabled={!sure}
                loading={start.isPending}
              >
                {t('start', { count })}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
