import { Card, Group, SegmentedControl, SimpleGrid, Stack, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { Waiting } from '../../app/waiting.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber, showShare } from '../../i18n/format.ts'
import { Figure } from './figure.tsx'

const TrafficCharts = lazy(() => import('./traffic-charts.tsx'))

const spans = [6, 24, 168] as const
const milliseconds = (value: number) => showNumber(value, { style: 'unit', unit: 'millisecond', maximumFractionDigits: 1 })

/** Requests, what of them failed, and how long answers took. */
export function TrafficCard() {
  const { t } = useTranslation('dashboard')
  const [search, setSearch] = usePageSearch<'hours'>()
  const hours = spans.find((span) => String(span) === search.hours) ?? 24
  const { data, error } = useQuery({
    queryKey: ['traffic', hours],
    queryFn: async () => (await api.GET('/v1/tenants/current/traffic', { params: { query: { hours } } })).data,
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  })
  const total = data?.total
  return (
    <Card withBorder component="section" aria-labelledby="traffic">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="traffic">
          {t('traffic')}
        </Title>
        <SegmentedControl
          size="xs"
          aria-label={t('span')}
          data={spans.map((span) => ({ value: String(span), label: t(`hours.${span}`) }))}
          value={String(hours)}
          onChange={(value) => setSearch({ hours: value })}
        />
      </Group>
      <ProblemAlert error={error} />
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <Figure name="requests" label={t('requests')} value={total?.requests} />
          <Figure name="errorRate" label={t('errorRate')} value={total?.errorRate} show={showShare} />
          <Figure name="p95" label={t('p95')} value={total?.p95Milliseconds} show={milliseconds} />
          <Figure name="refusals" label={t('refusals')} value={total?.quotaRefusals} />
        </SimpleGrid>
        <Suspense fallback={<Waiting />}>{data && <TrafficCharts traffic={data} />}</Suspense>
      </Stack>
    </Card>
  )
}
