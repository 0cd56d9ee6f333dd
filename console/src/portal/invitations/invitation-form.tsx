import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type StandingValues, standingBody } from '../members/standing.ts'
import { StandingFields } from '../members/standing-fields.tsx'

/** Asks somebody to join, by mail. The link goes to that address and nowhere else. */
export function InvitationForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const { reach } = useSession()
  const defaults: StandingValues & { email: string } = { email: '', role: 'viewer', reach, grants: [] }
  const form = useForm({ initialValues: defaults })
  const body = { email: form.values.email, ...standingBody(form.values) }
  const inviting = useMutation({
    mutationFn: () => api.POST('/v1/invitations', { body }),
    onSuccess: () => {
      notifications.show({ message: t('sentTo', { email: body.email }) })
      onClose()
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  })
  return (
    <Modal opened onClose={onClose} title={t('invite')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={form.onSubmit(() => inviting.mutate())}>
        <Stack>
          <TextInput
            label={t('email')}
            type="email"
            required
            maxLength={320}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('email')}
          />
          <StandingFields values={form.values} onChange={(change) => form.setValues(change)} errors={form.errors} />
          <ProblemAlert error={inviting.error} />
          <Group justify="space-between">
            <AsCall method="POST" path="/v1/invitations" body={body} />
            <Button type="submit" loading={inviting.isPending}>
              {t('sendInvitation')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
