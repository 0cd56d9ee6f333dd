import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { may, useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { PermissionPicker } from '../../components/permission-picker.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import type { CustomRole, RoleList } from '../permissions/roles-query.ts'
import { ifMatch } from '../views/object-api.ts'

export interface RoleFormProps {
  readonly roles: RoleList
  /** What is changed; none to make a new one. */
  readonly changed?: CustomRole
  readonly onClose: () => void
}

/** A role of the tenant's own: who has it may exactly what is chosen here, within a second. */
export function RoleForm({ roles, changed: role, onClose }: RoleFormProps) {
  const { t } = useTranslation(['people', 'common'])
  const session = useSession()
  const form = useForm({
    initialValues: {
      name: role?.name ?? '',
      description: role?.description ?? '',
      permissions: [...(role?.permissions ?? [])],
    },
  })
  const body = form.values
  const saving = useMutation({
    mutationFn: async () => {
      if (role === undefined) await api.POST('/v1/roles', { body })
      else {
        const params = { path: { id: role.id }, header: { 'If-Match': `"v${role.version}"` } }
        await api.PATCH('/v1/roles/{id}', { params, body })
      }
    },
    onSuccess: onClose,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={role === undefined ? t('newRole') : t('changeRole', { name: role.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={form.onSubmit(() => saving.mutate())}>
        <Stack>
          <TextInput label={t('common:name')} required maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <Textarea label={t('description')} maxLength={500} autosize {...form.getInputProps('description')} />
          <PermissionPicker
            permissions={roles.permissions}
            value={form.values.permissions}
            onChange={(permissions) => form.setFieldValue('permissions', permissions)}
            mayGive={(name) => may(session, name)}
            error={form.errors.permissions}
          />
          <ProblemAlert error={saving.error} />
          <Group justify="space-between">
            {role === undefined ? (
              <AsCall method="POST" path="/v1/roles" body={body} />
            ) : (
              <AsCall method="PATCH" path={`/v1/roles/${role.id}`} body={body} headers={ifMatch(role.version)} />
            )}
            <Button type="submit" loading={saving.isPending}>
              {role === undefined ? t('common:create') : t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
