import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Waiting } from '../../app/waiting.tsx'
import { UpdatedAt } from '../../components/age.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { QuotaBar } from '../../components/quota-bar.tsx'
import { showNumber } from '../../i18n/format.ts'
import { inWords, type View } from './views-query.ts'

/** Charts are for those who may see usage, and come when they are shown. */
const MeterChart = lazy(() => import('./meter-chart.tsx'))

export interface DashboardViewProps {
  readonly view: View
  readonly dashboard: NonNullable<View['dashboard']>
  /** Below the title. */
  readonly about?: string
}

/** Numbers, bars of limits, and what was used day by day, as the view declares them. */
export function DashboardView({ view, dashboard, about }: DashboardViewProps) {
  const { t } = useTranslation('views')
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['stats'],
    queryFn: async () => (await api.GET('/v1/tenants/current/stats')).data,
    refetchInterval: 30_000,
  })
  return (
    <Stack>
      <PageHeader title={inWords(view.title)} {...(about && { about })}>
        <UpdatedAt at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {dashboard.stats.map(({ name, title }) => (
          <Card key={name} withBorder>
            <Text size="sm" c="dimmed">
              {inWords(title)}
            </Text>
            <Text fz={28} fw={700}>
              {data?.system[name] === undefined ? '–' : showNumber(data.system[name])}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      {dashboard.limits.length > 0 && (
        <Card withBorder component="section">
          <Title order={2} size="h4" mb="sm">
            {t('limits')}
          </Title>
          <Stack gap="sm">
            {dashboard.limits.map(({ name, title }) => {
              const use = data?.limits.find((each) => each.name === name)
              return use && <QuotaBar key={name} name={inWords(title)} used={use.used} max={use.max} />
            })}
          </Stack>
        </Card>
      )}
      {dashboard.meters.map(({ name, title }) => (
        <Card key={name} withBorder component="section">
          <Suspense fallback={<Waiting />}>
            <MeterChart meter={name} title={inWords(title)} />
          </Suspense>
        </Card>
      ))}
    </Stack>
  )
}
