import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useInside } from './inside.tsx'

export const roles = ['owner', 'admin', 'manager', 'user', 'viewer'] as const
type Role = (typeof roles)[number]

export function InviteForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['tenant', 'common'])
  const { params, tenantId, reason } = useInside()
  const form = useForm({ initialValues: { email: '', role: 'owner' as Role } })
  const invite = useMutation({
    mutationFn: () => api.POST('/v1/tenants/{tenantId}/invitations', { params, body: form.values }),
    onSuccess: onClose,
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Modal opened onClose={onClose} title={t('invite.title')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit(() => invite.mutate())}>
        <Stack>
          <TextInput
            label={t('members.email')}
            description={t('invite.hint')}
            type="email"
            required
            data-autofocus
            {...form.getInputProps('email')}
          />
          <Select
            label={t('members.role')}
            data={roles.map((role) => ({ value: role as string, label: t(`roles.${role}`) }))}
            allowDeselect={false}
            {...form.getInputProps('role')}
          />
          <ProblemAlert error={invite.error} />
          <Group justify="space-between">
            <AsCall
              method="POST"
              path={`/v1/tenants/${tenantId}/invitations`}
              body={form.values}
              headers={{ 'Tenantry-Reason': reason }}
              command={`member invite ${tenantId} ${quote(form.values.email)} --role ${form.values.role}`}
            />
            <Button type="submit" loading={invite.isPending}>
              {t('invite.act')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
