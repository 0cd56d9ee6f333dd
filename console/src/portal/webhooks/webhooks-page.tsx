import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useNew } from '../../components/use-new.tsx'
import { usePages } from '../../components/use-pages.ts'
import { NewSecret } from './new-secret.tsx'
import { OutcomeText } from './outcome-text.tsx'
import { WebhookForm } from './webhook-form.tsx'
import type { Webhook, WebhookWithSecret } from './webhook-queries.ts'
import { WebhookState } from './webhook-state.tsx'

function useColumns(): Column<Webhook>[] {
  const { t } = useTranslation(['webhooks', 'common'])
  return [
    {
      name: 'url',
      title: t('address'),
      show: ({ id, url, description }) => (
        <>
          <Anchor component={Link} underline="always" to={`/webhooks/${id}`} style={{ overflowWrap: 'anywhere' }}>
            {url}
          </Anchor>
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        </>
      ),
    },
    { name: 'types', title: t('types'), show: ({ eventTypes }) => eventTypes.join(', ') },
    { name: 'state', title: t('state'), show: (webhook) => <WebhookState {...webhook} /> },
    {
      name: 'success',
      title: t('lastSuccess'),
      show: ({ lastSuccessAt }) => (lastSuccessAt === null ? t('common:never') : <Age of={lastSuccessAt} />),
    },
    { name: 'code', title: t('lastOutcome'), show: ({ lastCode }) => <OutcomeText code={lastCode} /> },
  ]
}

/** Addresses that are told of what happens here. */
export default function WebhooksPage() {
  const { t } = useTranslation(['webhooks', 'pages'])
  const { rows, error, isPending, more } = usePages<Webhook>(
    ['webhooks'],
    async (cursor) => (await api.GET('/v1/webhooks', { params: { query: cursor } })).data,
  )
  const [made, setMade] = useState<WebhookWithSecret>()
  const columns = useColumns()
  const adding = useNew({ permission: 'webhooks:write', role: 'admin', wholeReach: true }, t('newWebhook'))
  return (
    <>
      <PageHeader title={t('pages:webhooks')} about={t('about')}>
        {adding.button}
      </PageHeader>
      <ProblemAlert error={error} />
      {!isPending && !error && (
        <DataTable
          caption={t('pages:webhooks')}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('none')} why={t('noneWhy')}>
              {adding.button}
            </EmptyState>
          }
          {...more}
        />
      )}
      {adding.isOpen && (
        <WebhookForm
          onClose={adding.close}
          onMade={(webhook) => {
            adding.close()
            setMade(webhook)
          }}
        />
      )}
      {made && <NewSecret made={made} onClose={() => setMade(undefined)} />}
    </>
  )
}
