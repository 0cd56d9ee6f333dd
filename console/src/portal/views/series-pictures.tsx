import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { continued, lastOf } from '../../charts/live-points.ts'
import type { Range } from '../../charts/range.ts'
import type { ChartSeries } from '../../charts/series.ts'
import { expectCharts, TimeSeriesChart } from '../../charts/time-series-chart.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { type NamedSeries, nameOf, readPicture, readPictureBefore, type Source } from './points-query.ts'
import { useLivePoints } from './use-live-points.ts'

expectCharts()

/** Milliseconds. Only the page's own series are told live: a browser keeps few connections to one host. */
const comparedAgainAfter = 60_000

export interface SeriesPicturesProps {
  readonly own: Source
  /** Series of other objects, for comparison. */
  readonly others: readonly Source[]
  /** Of the own ones; given while the span goes on with the clock. */
  readonly livePath: string | null
  readonly range: Range
  readonly timeZone: string
  readonly withBefore: boolean
  /** The picture of this span is there, or why it is not. */
  readonly onSettled: (range: Range) => void
  /** The span should be moved to now. */
  readonly onRefresh: () => void
  readonly onZoom: (range: Range) => void
  readonly onBack: () => void
}

/** A chart for each unit: two of them on one picture have no common height. */
export function SeriesPictures(props: SeriesPicturesProps) {
  const { own, others, livePath, range, timeZone, withBefore, onSettled, onRefresh, onZoom, onBack } = props
  const { t } = useTranslation('views')
  const { ref, width } = useWidth()
  const queries = useQueryClient()
  const pixels = usePixels(width)
  const sources = useMemo(() => [own, ...others].filter(({ series }) => series.length > 0), [own, others])
  const named = useMemo(() => namedSeries(sources), [sources])
  const key = [own.dataPath, named.map(({ id }) => id), range.start, range.end, pixels]
  const isMeasured = width > 0 && named.length > 0
  const now = useQuery({
    queryKey: ['picture', ...key],
    queryFn: ({ signal }) => readPicture(sources, range, pixels, signal),
    enabled: isMeasured,
    placeholderData: keepPreviousData,
    structuralSharing: false, // thousands of numbers would be compared one by one, and differ
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
  const earlier = useQuery({
    queryKey: ['picture before', ...key],
    queryFn: ({ signal }) => readPictureBefore(sources, range, pixels, signal),
    enabled: isMeasured && withBefore,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const isSettled = !now.isPending && !now.isPlaceholderData
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is told changes with each drawing, the span does not
  useEffect(() => {
    if (isSettled) onSettled(range)
  }, [isSettled, range.start, range.end])
  const onOutdated = () => {
    void queries.invalidateQueries({ queryKey: ['picture', own.dataPath] })
    onRefresh()
  }
  const isLive = livePath !== null
  const live = useLivePoints(livePath, isLive, now.dataUpdatedAt, onOutdated)
  const isComparedLive = isLive && others.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is told changes with each drawing, the clock does not
  useEffect(() => {
    if (!isComparedLive) return
    const timer = setInterval(onRefresh, comparedAgainAfter)
    return () => clearInterval(timer)
  }, [isComparedLive])
  const shown = useMemo(() => movedTo(range, isLive ? lastOf(live) : undefined), [range, isLive, live])
  const byUnit = useMemo(() => {
    const before = withBefore ? (earlier.data?.lines ?? []) : []
    const lines = named.flatMap(({ id, label }) => {
      const line = now.data?.lines.find((each) => each.id === id)
      return line === undefined ? [] : [{ ...continued(line, live), label }]
    })
    const units = Map.groupBy(lines, ({ unit }) => unit)
    return [...units].map(
      ([unit, members]) =>
        [unit, members.flatMap((line, colour) => withPast({ ...line, colour }, before, t('ofBefore')))] as const,
    )
  }, [named, now.data, earlier.data, live, withBefore, t])
  const missing = named.filter(({ id }) => now.data && !now.data.lines.some((line) => line.id === id))
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
              {isLive && <Badge variant="default">{t('live')}</Badge>}
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
      {missing.length > 0 && (
        <Text c="dimmed">{t('nothingInSpan', { names: missing.map(({ label }) => label).join(', ') })}</Text>
      )}
    </Stack>
  )
}

/** In the order of the legend; with their object's name where there are several. */
function namedSeries(sources: readonly Source[]): readonly { readonly id: string; readonly label: string }[] {
  const labelOf = (name: string, series: NamedSeries) =>
    sources.length === 1 ? nameOf(series) : [name, nameOf(series)].join(' · ')
  return sources.flatMap(({ name, series }) => series.map((each) => ({ id: each.sensorId, label: labelOf(name, each) })))
}

/** At once, and not a frame later: the question for the picture waits for it. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = () => setWidth(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, width }
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
