import { Card, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CarpetChart } from '../../charts/carpet-chart.tsx'
import { figuresOf, type LoadFigures } from '../../charts/load-figures.ts'
import { before, type Range } from '../../charts/range.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber, showShare, showTime } from '../../i18n/format.ts'
import { type NamedSeries, nameOf, readWindows, windowFor } from './points-query.ts'

export interface SeriesAnalysisProps {
  readonly dataPath: string
  readonly series: readonly NamedSeries[]
  /** Id of the series that is looked at. */
  readonly chosen: string | undefined
  readonly loads: readonly string[]
  readonly range: Range
  readonly timeZone: string
  /** Nothing is asked before. */
  readonly isNext: boolean
  readonly onChoose: (id: string) => void
}

const day = 86_400_000

/** One series closely: mean, base load and peak beside the period before, and when in a day it runs. */
export function SeriesAnalysis({ dataPath, series, chosen, loads, range, timeZone, isNext, onChoose }: SeriesAnalysisProps) {
  const { t } = useTranslation('views')
  const one = series.find(({ sensorId }) => sensorId === chosen) ?? series[0]
  const id = one?.sensorId ?? ''
  // To the quarter of an hour, so that a span that goes on with the clock does not ask at each tick.
  const coarse = useMemo(() => coarseOf(range), [range])
  const window = windowFor(coarse)
  const windowsOf = (span: Range, isTurn: boolean) => ({
    queryKey: ['windows', dataPath, id, span.start, span.end, window],
    queryFn: ({ signal }: { signal: AbortSignal }) => readWindows(dataPath, id, span, window, signal),
    enabled: id !== '' && isTurn,
    staleTime: 300_000,
    refetchOnWindowFocus: false,
  })
  const now = useQuery(windowsOf(coarse, isNext))
  const past = useQuery(windowsOf(before(coarse), isNext && now.isSuccess))
  const [figures, pastFigures] = [figuresOf(now.data ?? []), figuresOf(past.data ?? [])]
  const carpet = useMemo(() => {
    const windows = now.data ?? []
    return {
      unit: one?.unit ?? '',
      times: windows.map(({ time }) => Date.parse(time) / 1_000),
      values: windows.map(({ mean }) => mean),
    }
  }, [now.data, one])
  const hasCarpet = window !== '1d' && coarse.end - coarse.start >= 2 * day && carpet.times.length > 0
  return (
    <Card withBorder component="section">
      <Stack>
        <Group justify="space-between" align="flex-end">
          <Title order={2} size="h4">
            {t('closely')}
          </Title>
          <Select
            label={t('seriesOf')}
            data={series.map((each) => ({ value: each.sensorId, label: nameOf(each) }))}
            value={id}
            allowDeselect={false}
            searchable={series.length > 10}
            onChange={(of) => of !== null && onChoose(of)}
          />
        </Group>
        <ProblemAlert error={now.error ?? past.error} />
        {figures && one && (
          <Figures {...{ figures, pastFigures, timeZone }} unit={one.unit} isLoad={loads.includes(one.pointType)} />
        )}
        {now.data && figures === undefined && <Text c="dimmed">{t('nothingInSpan', { names: one ? nameOf(one) : '' })}</Text>}
        <Title order={3} size="h5">
          {t('carpet')}
        </Title>
        {hasCarpet ? (
          <CarpetChart title={t('carpet')} series={carpet} timeZone={timeZone} />
        ) : (
          <Text c="dimmed">{t('carpetSpan')}</Text>
        )}
      </Stack>
    </Card>
  )
}

interface FiguresProps {
  readonly figures: LoadFigures
  readonly pastFigures: LoadFigures | undefined
  readonly unit: string
  readonly isLoad: boolean
  readonly timeZone: string
}

function Figures({ figures, pastFigures, unit, isLoad, timeZone }: FiguresProps) {
  const { t } = useTranslation('views')
  const cards = [
    { name: 'mean', about: t('meanIs'), value: figures.mean, past: pastFigures?.mean },
    { name: isLoad ? 'baseLoad' : 'usualLeast', about: t('baseIs'), value: figures.base, past: pastFigures?.base },
    {
      name: 'peak',
      about: t('peakAt', { time: showTime(figures.peakAt, timeZone) }),
      value: figures.peak,
      past: pastFigures?.peak,
    },
  ]
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      {cards.map(({ name, about, value, past }) => (
        <div key={name}>
          <Text size="sm" c="dimmed">
            {t(name)}
          </Text>
          <Text fz={24} fw={700}>
            {[showNumber(value, { maximumSignificantDigits: 4 }), unit].join(' ').trim()}
          </Text>
          <Text size="xs" c="dimmed">
            {about}
          </Text>
          <Text size="xs" c="dimmed">
            {past === undefined
              ? t('noPast')
              : t('beside', { past: showNumber(past, { maximumSignificantDigits: 4 }), change: changeOf(value, past) })}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  )
}

/** `+4 %`; nothing to compare with a nought. */
function changeOf(value: number, past: number): string {
  if (past === 0) return '–'
  const share = value / past - 1
  return `${share > 0 ? '+' : share < 0 ? '−' : '±'}${showShare(Math.abs(share))}`
}

const quarter = 900_000

function coarseOf({ start, end }: Range): Range {
  return { start: Math.floor(start / quarter) * quarter, end: Math.ceil(end / quarter) * quarter }
}
