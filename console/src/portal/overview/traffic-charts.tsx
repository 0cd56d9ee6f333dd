import { SimpleGrid } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartSeries } from '../../charts/series.ts'
import { TimeSeriesChart } from '../../charts/time-series-chart.tsx'

type Traffic = components['schemas']['Traffic']
type Window = Traffic['windows'][number]

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Requests with what of them failed, and how long answers took. */
export default function TrafficCharts({ traffic }: { readonly traffic: Traffic }) {
  const { t } = useTranslation('dashboard')
  const { range, requests, latency } = useMemo(() => chartsOf(traffic, t), [traffic, t])
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <TimeSeriesChart title={t('requests')} series={requests} {...{ range, timeZone }} height={200} />
      <TimeSeriesChart title={t('latency')} series={latency} {...{ range, timeZone }} height={200} />
    </SimpleGrid>
  )
}

/** A window in which nobody asked is not among those that are told: no requests, and no latency either. */
function chartsOf({ hours, minutes, windows }: Traffic, t: (key: string) => string) {
  const step = minutes * 60
  const last = Math.floor(Date.now() / 1_000 / step) * step
  const known = new Map(windows.map((window) => [Date.parse(window.start) / 1_000, window]))
  const times = Array.from({ length: (hours * 60) / minutes }, (_, n) => last - ((hours * 60) / minutes - 1 - n) * step)
  const counted = (id: string, read: (window: Window) => number): ChartSeries => ({
    id,
    label: t(id),
    unit: '',
    times,
    values: times.map((time) => {
      const window = known.get(time)
      return window === undefined ? 0 : read(window)
    }),
  })
  const took = windows.filter(({ p95Milliseconds }) => p95Milliseconds !== null)
  const measured = (id: string, read: (window: Window) => number | null): ChartSeries => ({
    id,
    label: t(id),
    unit: 'ms',
    times: took.map(({ start }) => Date.parse(start) / 1_000),
    values: took.map((window) => read(window) ?? 0),
  })
  return {
    range: { start: (times[0] ?? last) * 1_000, end: (last + step) * 1_000 },
    requests: [
      counted('requests', ({ requests }) => requests),
      counted('errors', ({ serverErrors, quotaRefusals }) => serverErrors + quotaRefusals),
      counted('clientErrors', ({ clientErrors }) => clientErrors),
    ],
    latency: [measured('p95', (window) => window.p95Milliseconds), measured('mean', (window) => window.meanMilliseconds)],
  }
}
