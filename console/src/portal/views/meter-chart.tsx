import { Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { TimeSeriesChart } from '../../charts/time-series-chart.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

const days = 30
const day = 86_400_000

/** The days of a meter. One on which nothing was used is told by its absence, and is a nought here. */
export default function MeterChart({ meter, title }: { readonly meter: string; readonly title: string }) {
  const { t } = useTranslation('views')
  const { data, error } = useQuery({
    queryKey: ['daily usage', meter],
    queryFn: async () => (await api.GET('/v1/usage/daily', { params: { query: { meter } } })).data.items,
    refetchInterval: 300_000,
  })
  const { range, series } = useMemo(() => {
    const last = Math.max(Math.floor(Date.now() / day), ...(data ?? []).map((each) => Date.parse(each.day) / day)) * day
    const used = new Map((data ?? []).map((each) => [Date.parse(each.day), each.quantity]))
    const times = Array.from({ length: days }, (_, n) => last - (days - 1 - n) * day)
    const line = {
      id: meter,
      label: title,
      unit: '',
      times: times.map((time) => time / 1_000),
      values: times.map((time) => used.get(time) ?? 0),
    }
    return { range: { start: times[0] as number, end: last }, series: [line] }
  }, [data, meter, title])
  return (
    <>
      <Title order={2} size="h4" mb="sm">
        {t('byDay', { what: title })}
      </Title>
      <ProblemAlert error={error} />
      {/* Days have no zone of their own here: they are those of the tenant's calendar. */}
      {data && <TimeSeriesChart title={t('byDay', { what: title })} series={series} range={range} timeZone="UTC" height={180} />}
    </>
  )
}
