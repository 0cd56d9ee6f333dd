import { Card, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { may, useSession } from '../../app/session.ts'
import { Waiting } from '../../app/waiting.tsx'
import { UpdatedAt } from '../../components/age.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { firstDashboard, inWords, useViews } from '../views/views-query.ts'
import { CostCard } from './cost-card.tsx'
import { Figure } from './figure.tsx'
import { FirstSteps } from './first-steps.tsx'
import { HealthCard } from './health-card.tsx'
import { LimitsCard } from './limits-card.tsx'
import { TrafficCard } from './traffic-card.tsx'

const MeterChart = lazy(() => import('../views/meter-chart.tsx'))

/** How the tenant fares: what its system counts, what is used of the plan, how the API answers, what it costs. */
export default function OverviewPage() {
  const { t } = useTranslation(['dashboard', 'pages'])
  const session = useSession()
  const dashboard = firstDashboard(useViews())?.dashboard
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['stats'],
    queryFn: async () => (await api.GET('/v1/tenants/current/stats')).data,
    refetchInterval: 30_000,
  })
  return (
    <Stack>
      <PageHeader title={t('pages:overview')} about={session.tenant.name}>
        <UpdatedAt at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error} />
      <FirstSteps />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {dashboard?.stats.map(({ name, title }) => (
          <Figure key={name} name={name} label={inWords(title)} value={data?.system[name]} />
        ))}
        <Figure name="members" label={t('members')} value={data?.members} />
        <Figure name="keys" label={t('keys')} value={data?.keys} />
        <Figure name="invitations" label={t('invitations')} value={data?.openInvitations} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <HealthCard />
        <LimitsCard />
      </SimpleGrid>
      <TrafficCard />
      {session.reach === 'all' && may(session, 'usage:read') && (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          {dashboard?.meters.map(({ name, title }) => (
            <Card key={name} withBorder component="section">
              <Suspense fallback={<Waiting />}>
                <MeterChart meter={name} title={inWords(title)} />
              </Suspense>
            </Card>
          ))}
        </SimpleGrid>
      )}
      {session.reach === 'all' && may(session, 'billing:read') && <CostCard hasLink />}
    </Stack>
  )
}
