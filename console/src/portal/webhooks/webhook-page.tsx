import { Anchor, Group, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPencil, IconPlayerPause, IconPlayerPlay, IconRefresh, IconSend, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { useWhyNot } from '../../app/why-not.ts'
import { ActButton } from '../../components/act-button.tsx'
import { UpdatedAt } from '../../components/age.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowMenu } from '../../components/row-menu.tsx'
import { showTime } from '../../i18n/format.ts'
import { Deliveries } from './deliveries.tsx'
import { NewSecret } from './new-secret.tsx'
import { OutcomeText } from './outcome-text.tsx'
import { SecretRotation } from './secret-rotation.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { changeWebhook, type Webhook, type WebhookWithSecret, webhookQuery } from './webhook-queries.ts'
import { WebhookState } from './webhook-state.tsx'

/** One endpoint: how it fares, and every delivery to it. */
export default function WebhookPage() {
  const { webhookId = '' } = useParams({ strict: false }) as { webhookId?: string }
  const { data, error, dataUpdatedAt } = useQuery(webhookQuery(webhookId))
  const { t } = useTranslation(['webhooks', 'pages'])
  return (
    <Stack>
      <Anchor component={Link} to="/webhooks">
        {t('allWebhooks')}
      </Anchor>
      {data === undefined ? <PageHeader title={t('pages:webhook')} /> : <Known webhook={data} updatedAt={dataUpdatedAt} />}
      <ProblemAlert error={error} />
    </Stack>
  )
}

type Open = 'change' | 'rotate' | 'delete'

function Known({ webhook, updatedAt }: { readonly webhook: Webhook; readonly updatedAt: number }) {
  const { t } = useTranslation(['webhooks', 'common', 'pages'])
  const { id, url, state } = webhook
  const params = { path: { id } }
  const [open, setOpen] = useState<Open>()
  const [made, setMade] = useState<WebhookWithSecret>()
  const close = () => setOpen(undefined)
  const navigate = useNavigate()
  const whyNot = useWhyNot()({ permission: 'webhooks:write', role: 'admin', wholeReach: true })
  const test = useMutation({
    mutationFn: () => api.POST('/v1/webhooks/{id}/test', { params }),
    onSuccess: () => notifications.show({ message: t('testSent') }),
  })
  const pause = useMutation({ mutationFn: () => changeWebhook(webhook, { state: state === 'active' ? 'paused' : 'active' }) })
  const removal = useMutation({
    mutationFn: () => api.DELETE('/v1/webhooks/{id}', { params }),
    onSuccess: () => void navigate({ to: '/webhooks' }),
  })
  const acts = [
    { label: t('common:change'), icon: IconPencil, onClick: () => setOpen('change'), whyNot },
    state === 'active'
      ? { label: t('pause'), icon: IconPlayerPause, onClick: () => pause.mutate(), whyNot }
      : { label: t('resume'), icon: IconPlayerPlay, onClick: () => pause.mutate(), whyNot },
    { label: t('rotate'), icon: IconRefresh, onClick: () => setOpen('rotate'), whyNot },
    { label: t('common:delete'), icon: IconTrash, onClick: () => setOpen('delete'), whyNot, isDangerous: true },
  ]
  return (
    <>
      <PageHeader title={t('pages:webhook')} about={url}>
        <UpdatedAt at={updatedAt} />
        <ActButton
          variant="default"
          whyNot={whyNot ?? (state === 'active' ? undefined : t('testNeedsActive'))}
          leftSection={<IconSend size={16} aria-hidden />}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t('test')}
        </ActButton>
        <RowMenu name={url} acts={acts} />
      </PageHeader>
      <ProblemAlert error={test.error ?? pause.error} />
      <Facts webhook={webhook} />
      <Deliveries webhook={webhook} whyNot={whyNot} />
      {open === 'change' && <WebhookForm changed={webhook} onClose={close} />}
      {open === 'rotate' && (
        <SecretRotation
          id={id}
          onClose={close}
          onMade={(withSecret) => {
            close()
            setMade(withSecret)
          }}
        />
      )}
      {made && <NewSecret made={made} onClose={() => setMade(undefined)} />}
      <ConfirmByName
        opened={open === 'delete'}
        onClose={close}
        title={t('deleteWebhook')}
        name={new URL(url).host}
        act={t('common:delete')}
        onConfirm={() => removal.mutate()}
        busy={removal.isPending}
        error={removal.error}
      >
        <Text size="sm">{t('deleteWhat', { url })}</Text>
      </ConfirmByName>
    </>
  )
}

function Facts({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation(['webhooks', 'common'])
  const time = (at: string | null) => (at === null ? t('common:never') : showTime(at))
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t('state'), <WebhookState key="state" {...webhook} />],
    [t('description'), webhook.description],
    [t('types'), webhook.eventTypes.join(', ')],
    [t('lastSuccess'), time(webhook.lastSuccessAt)],
    [t('lastFailure'), time(webhook.lastFailureAt)],
    [t('lastOutcome'), <OutcomeText key="outcome" code={webhook.lastCode} />],
    [t('secret'), t('secretSet', { fingerprint: webhook.secretFingerprint, at: showTime(webhook.secretSetAt) })],
    ...(webhook.previousSecretUntil === null
      ? []
      : [[t('previousSecret'), t('previousUntil', { at: showTime(webhook.previousSecretUntil) })] as const]),
  ]
  return (
    <Group align="flex-start">
      <Table variant="vertical" maw={640} aria-label={t('facts')}>
        <Table.Tbody>
          {rows
            .filter(([, value]) => value !== '')
            .map(([title, value]) => (
              <Table.Tr key={title}>
                <Table.Th scope="row" w={180}>
                  {title}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Group>
  )
}
