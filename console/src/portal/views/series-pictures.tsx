import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { continued, lastOf } from '../../charts/live-points.ts'
import type { Range } from '../../charts/range.ts'
import type { ChartSeries } from '../../charts/series.ts'
import { TimeSeriesChart } from '../../charts/time-series-chart.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type NamedSeries, nameOf, readPicture, readPictureBefore } from './points-query.ts'
import { useLivePoints } from './use-live-points.ts'

export interface SeriesPicturesProps {
  readonly dataPath: string
  /** Given while the span goes on with the clock. */
  readonly livePath: string | null
  readonly series: readonly NamedSeries[]
  readonly range: Range
  readonly timeZone: string
  readonly withBefore: boolean
  /** The span should be moved to now. */
  readonly onRefresh: () => void
  readonly onZoom: (range: Range) => void
  readonly onBack: () => void
}

/** A chart for each unit: two of them on one picture have no common height. */
export function SeriesPictures(props: SeriesPicturesProps) {
  const { dataPath, livePath, series, range, timeZone, withBefore, onRefresh, onZoom, onBack } = props
  const { t } = useTranslation('views')
  const { ref, width } = useElementSize()
  const queries = useQueryClient()
  const pixels = usePixels(width)
  const ids = series.map(({ sensorId }) => sensorId)
  const key = [dataPath, ids, range.start, range.end, pixels]
  const isMeasured = width > 0 && ids.length > 0
  const now = useQuery({
    queryKey: ['picture', ...key],
    queryFn: ({ signal }) => readPicture(dataPath, ids, range, pixels, signal),
    enabled: isMeasured,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
  const earlier = useQuery({
    queryKey: ['picture before', ...key],
    queryFn: ({ signal }) => readPictureBefore(dataPath, ids, range, pixels, signal),
    enabled: isMeasured && withBefore,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const onOutdated = () => {
    void queries.invalidateQueries({ queryKey: ['picture', dataPath] })
    onRefresh()
  }
  const live = useLivePoints(livePath, livePath !== null, now.dataUpdatedAt, onOutdated)
  const shown = useMemo(() => movedTo(range, livePath === null ? undefined : lastOf(live)), [range, livePath, live])
  const byUnit = useMemo(() => {
    const before = withBefore ? (earlier.data?.lines ?? []) : []
    const lines = series.flatMap(({ sensorId }) => now.data?.lines.find(({ id }) => id === sensorId) ?? [])
    const all = lines.map((line) => continued(line, live))
    const units = Map.groupBy(all, ({ unit }) => unit)
    return [...units].map(
      ([unit, members]) =>
        [unit, members.flatMap((line, colour) => withPast({ ...line, colour }, before, t('ofBefore')))] as const,
    )
  }, [series, now.data, earlier.data, live, withBefore, t])
  const missing = series.filter(({ sensorId }) => now.data && !now.data.lines.some(({ id }) => id === sensorId))
  return (
    <Stack ref={ref}>
      <ProblemAlert error={now.error ?? earlier.error} />
      {byUnit.map(([unit, lines]) => {
        const title = unit === '' ? t('measured') : t('measuredIn', { unit })
        return (
          <Card key={unit} withBorder component="section">
            <Group gap="xs" mb="xs">
              <Title order={2} size="h4">
                {title}
              </Title>
              {livePath !== null && <Badge variant="default">{t('live')}</Badge>}
            </Group>
            <TimeSeriesChart
              {...{ title, timeZone, onZoom, onBack }}
              series={lines}
              range={shown}
              pixelSeconds={now.data?.pixelSeconds}
            />
          </Card>
        )
      })}
      {missing.length > 0 && <Text c="dimmed">{t('nothingInSpan', { names: missing.map(nameOf).join(', ') })}</Text>}
    </Stack>
  )
}

/** How wide the picture is that is asked for, in steps: a window that is pulled wider, or a scroll bar, asks for no other. */
function usePixels(width: number): number {
  const asked = useRef(0)
  if (Math.abs(width - asked.current) > 150) asked.current = Math.min(4_000, Math.max(200, Math.ceil(width / 100) * 100))
  return asked.current
}

function withPast(line: ChartSeries, before: readonly ChartSeries[], word: string): ChartSeries[] {
  const past = before.find(({ id }) => id === `${line.id} before`)
  const colour = line.colour ?? 0
  return past === undefined ? [line] : [line, { ...past, colour, label: [line.label, word].join(' · ') }]
}

/** A span that goes on ends at the last point that came. */
function movedTo(range: Range, last: number | undefined): Range {
  const moved = Math.max(0, (last ?? 0) - range.end)
  return moved === 0 ? range : { start: range.start + moved, end: range.end + moved }
}
