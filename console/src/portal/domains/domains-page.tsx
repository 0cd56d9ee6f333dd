import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { mayOpen, useSession } from '../../app/session.ts'
import { UpdatedAt } from '../../components/age.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { PlansLink } from '../../components/plans-link.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ClaimDomain } from './claim-domain.tsx'
import { DomainCard } from './domain-card.tsx'

/** Domains of the tenant's own: what has to be in their DNS, and how they fare. */
export default function DomainsPage() {
  const { t } = useTranslation(['domains', 'pages'])
  const session = useSession()
  const [isClaiming, setClaiming] = useState(false)
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['domains'],
    queryFn: async () => (await api.GET('/v1/domains')).data.items,
    // The platform looks at the DNS by itself: what it finds shows without asking.
    refetchInterval: ({ state }) => (state.data?.some((domain) => domain.state !== 'served') ? 5_000 : 60_000),
  })
  const hasFeature = session.tenant.features.includes('custom_domain')
  const mayWrite = mayOpen(session, { permission: 'domains:write', role: 'admin' })
  const claim = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={!hasFeature || !mayWrite}
      title={mayWrite ? undefined : t('mayNot')}
      onClick={() => setClaiming(true)}
    >
      {t('claim')}
    </Button>
  )
  return (
    <Stack>
      <PageHeader title={t('pages:domains')} about={t('about', { host: location.host })}>
        <UpdatedAt at={dataUpdatedAt} />
        {data && data.length > 0 && claim}
      </PageHeader>
      {!hasFeature && (
        <Alert color="blue" title={t('notInPlan')}>
          <Stack gap="xs">
            <Text size="sm">{t('notInPlanWhy')}</Text>
            <div>
              <PlansLink /> · <PlansLink tab="addOns" />
            </div>
          </Stack>
        </Alert>
      )}
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {t('mayNot')}
        </Text>
      )}
      <ProblemAlert error={error} />
      {data?.length === 0 && (
        <EmptyState title={t('none')} why={t('noneWhy')}>
          {claim}
        </EmptyState>
      )}
      {data?.map((domain) => (
        <DomainCard key={domain.id} domain={domain} mayWrite={mayWrite} />
      ))}
      {isClaiming && <ClaimDomain onClose={() => setClaiming(false)} />}
    </Stack>
  )
}
