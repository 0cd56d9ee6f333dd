import { Select, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { paths } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { TimeSeriesChart } from '../../charts/time-series-chart.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showNumber } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'
import { type DayValue, dayOf, everyDay, onwards } from './usage-days.ts'

type Forecast =
  paths['/v1/tenants/{tenantId}/usage/forecast']['get']['responses']['200']['content']['application/json']['items'][number]

const spans = ['30', '90', '366'] as const
const dayMs = 86_400_000
/** Days for which the forecast is drawn. */
const ahead = 28

function useForecastColumns(): Column<Forecast>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'limit', title: t('usage.limit'), show: ({ limit }) => limit },
    { name: 'used', title: t('usage.used'), align: 'end', show: ({ used }) => showNumber(used) },
    {
      name: 'max',
      title: t('usage.max'),
      align: 'end',
      show: ({ max }) => (max === null ? t('quotas.unlimited') : showNumber(max)),
    },
    {
      name: 'perDay',
      title: t('usage.perDay'),
      align: 'end',
      show: ({ basis }) => (basis === null ? '' : showNumber(basis.perDay, { maximumFractionDigits: 1 })),
    },
    {
      name: 'runsOut',
      title: t('usage.runsOut'),
      show: ({ runsOutAt, earliest, latest, because }) => {
        if (runsOutAt === null) return because === null ? t('usage.never') : t(`usage.because.${because}`)
        if (earliest === null || latest === null) return showDate(runsOutAt)
        return t('usage.between', { at: showDate(runsOutAt), from: showDate(earliest), to: showDate(latest) })
      },
    },
  ]
}

/** What was used day by day, and when each limit will be reached. */
export default function UsageTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [{ meter, days = '30' }, setSearch] = usePageSearch<'meter' | 'days'>()
  const forecast = useQuery({
    queryKey: ['tenant', tenant.id, 'forecast'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/usage/forecast', { params })).data.items,
    ...quiet,
  })
  const limits = forecast.data ?? []
  const chosen = limits.find(({ limit }) => limit === meter) ?? limits[0]
  const span = Number(spans.find((each) => each === days) ?? '30')
  const columns = useForecastColumns()
  if (forecast.data?.length === 0) return <EmptyState title={t('usage.empty')} why={t('usage.emptyWhy')} />
  return (
    <Stack>
      <ProblemAlert error={forecast.error} />
      {chosen && (
        <>
          <Stack gap="xs" maw={360}>
            <Select
              label={t('usage.meter')}
              data={limits.map(({ limit }) => limit)}
              value={chosen.limit}
              onChange={(name) => setSearch({ meter: name ?? undefined })}
              allowDeselect={false}
            />
            <Select
              label={t('usage.span')}
              data={spans.map((each) => ({ value: each as string, label: t('usage.days', { count: Number(each) }) }))}
              value={String(span)}
              onChange={(value) => setSearch({ days: value ?? undefined })}
              allowDeselect={false}
            />
          </Stack>
          <UsageChart tenant={tenant} limit={chosen} span={span} />
        </>
      )}
      <Title order={2} size="h4">
        {t('usage.forecast')}
      </Title>
      <Text size="sm" c="dimmed">
        {t('usage.forecastAbout')}
      </Text>
      <DataTable caption={t('usage.forecast')} columns={columns} rows={limits} keyOf={({ limit }) => limit} empty={null} />
    </Stack>
  )
}

interface UsageChartProps extends TabProps {
  readonly limit: Forecast
  readonly span: number
}

/** Of what is metered the sum of each day; of what is counted how much there was at its end, and how it goes on. */
function UsageChart({ tenant, limit: { limit, kind, basis }, span }: UsageChartProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const today = Math.floor(Date.now() / dayMs) * dayMs
  const query = { from: dayOf(today - (span - 1) * dayMs), to: dayOf(today) }
  const found = useQuery({
    queryKey: ['tenant', tenant.id, 'usage', limit, kind, query],
    queryFn: async (): Promise<DayValue[]> => {
      if (kind === 'metered') {
        const asked = { params: { ...params, query: { ...query, meter: limit } } }
        const { items } = (await api.GET('/v1/tenants/{tenantId}/usage/daily', asked)).data
        return items.map(({ day, quantity }) => ({ day, value: quantity }))
      }
      const asked = { params: { ...params, query: { ...query, name: limit } } }
      const { items } = (await api.GET('/v1/tenants/{tenantId}/usage/history', asked)).data
      return items.map(({ day, level }) => ({ day, value: level }))
    },
    ...quiet,
  })
  if (found.error) return <ProblemAlert error={found.error} />
  if (found.data === undefined) return null
  if (found.data.length === 0) return <Text c="dimmed">{t('usage.nothing')}</Text>
  const days = everyDay(found.data, query.from, query.to, kind)
  const guess = basis === null || kind === 'metered' ? [] : onwards(days.at(-1), basis.perDay, ahead)
  const line = (id: string, label: string, points: readonly DayValue[]) => ({
    id,
    label,
    unit: '',
    times: points.map(({ day }) => Date.parse(day) / 1_000),
    values: points.map(({ value }) => value),
  })
  return (
    <TimeSeriesChart
      title={t('usage.chart', { name: limit })}
      series={[
        line('used', limit, days),
        ...(guess.length > 0 ? [{ ...line('forecast', t('usage.guess'), guess), isBackground: true }] : []),
      ]}
      range={{ start: Date.parse(query.from), end: today + (guess.length > 0 ? ahead : 1) * dayMs }}
      timeZone="UTC"
    />
  )
}
