import { Alert, Button, Card, Group, Stack, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { may, useSession } from '../../app/session.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'

/** A mail by the tenant's own server, now. */
export function MailTest() {
  const { t } = useTranslation('settings')
  const session = useSession()
  const [to, setTo] = useState(session.email ?? '')
  const testing = useMutation({ mutationFn: async () => (await api.POST('/v1/settings/mail/test', { body: { to } })).data })
  const mayTest = may(session, 'settings:secure') && session.reach === 'all'
  return (
    <Card withBorder component="section" aria-labelledby="mail-test">
      <Title order={2} size="h4" mb="sm" id="mail-test">
        {t('mailTest.title')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          testing.mutate()
        }}
      >
        <Stack gap="xs">
          <TextInput
            type="email"
            label={t('mailTest.to')}
            required
            disabled={!mayTest}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <ProblemAlert error={testing.error} />
          {testing.data && (
            <Alert color={testing.data.delivered ? 'teal' : 'red'} role="status">
              {testing.data.delivered ? t('mailTest.delivered') : t('mailTest.failed', { code: testing.data.code })}
            </Alert>
          )}
          <Group>
            <Button type="submit" variant="default" disabled={!mayTest} loading={testing.isPending}>
              {t('mailTest.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}
