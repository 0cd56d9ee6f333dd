import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fieldErrors } from '../../api/describe-problem.ts'
import { AsCall } from '../../components/as-call.tsx'
import { OnceShown } from '../../components/once-shown.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

/** Makes an operator and the link with which he chooses a password: it is handed over by whatever way is safe. */
export function InviteOperator({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation(['operators', 'common'])
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const invite = useMutation({
    mutationFn: async () => {
      const { id } = (await api.POST('/v1/operators', { body: { name, email } })).data
      return (await api.POST('/v1/operators/{id}/invitations', { params: { path: { id } } })).data
    },
  })
  if (invite.data !== undefined) {
    return (
      <OnceShown title={t('link')} secret={invite.data.url} onClose={onClose}>
        {t('linkHint')}
      </OnceShown>
    )
  }
  const wrong = fieldErrors(invite.error)
  return (
    <Modal opened onClose={onClose} title={t('invite')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate()
        }}
      >
        <Stack>
          <TextInput
            label={t('name')}
            required
            maxLength={200}
            value={name}
            error={wrong.name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label={t('email')}
            type="email"
            required
            maxLength={254}
            value={email}
            error={wrong.email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <ProblemAlert error={invite.error} />
          <Group justify="space-between">
            <AsCall
              method="POST"
              path="/v1/operators"
              body={{ name, email }}
              command={`operator invite ${email || 'olivia@example.com'} --name ${JSON.stringify(name || 'Olivia')}`}
            />
            <Button type="submit" loading={invite.isPending}>
              {t('invite')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
