import { Button, Center, Group, Loader, Stack, Text, useComputedColorScheme } from '@mantine/core'
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react'
import { type ComponentType, lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveText } from '../components/save-file.ts'
import { showTime } from '../i18n/format.ts'
import { columnsOf } from './columns.ts'
import { csvOf } from './csv.ts'
import { Legend } from './legend.tsx'
import type { Range } from './range.ts'
import type { ChartSeries } from './series.ts'
import { TableTwin } from './table-twin.tsx'
import type { CanvasProps } from './uplot-canvas.tsx'

/** uPlot comes with the first chart that is shown, or a little before it. Here once it is there. */
let canvas: ComponentType<CanvasProps> | undefined

async function loadCanvas(): Promise<{ readonly default: ComponentType<CanvasProps> }> {
  const loaded = await import('./uplot-canvas.tsx')
  canvas = loaded.default
  return loaded
}

const LateCanvas = lazy(loadCanvas)

/** For a page that is about charts: the picture's code comes while its points are asked for, not after them. */
export function expectCharts(): void {
  // What does not come now is fetched, or missed, by the chart itself.
  loadCanvas().catch(() => undefined)
}

export interface TimeSeriesChartProps {
  /** What a screen reader calls it, and the name of its file. */
  readonly title: string
  readonly series: readonly ChartSeries[]
  readonly range: Range
  /** On whose clocks the times are. */
  readonly timeZone: string
  /** How long a pixel is, where the server made the answer for a picture. */
  readonly pixelSeconds?: number | undefined
  readonly height?: number
  /** A span was drawn with the pointer or a finger; without it there is no zoom. */
  readonly onZoom?: (range: Range) => void
  /** A double click, or two taps. */
  readonly onBack?: () => void
}

/**
 * Lines over time: a picture, the same as a table, and as CSV. Gaps stay gaps, the zone is named.
 *
 * @example
 * <TimeSeriesChart title={t('calls')} series={[{ id: 'calls', label: t('calls'), unit: '', times, values }]} range={range} timeZone="UTC" />
 */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { title, series, range, timeZone, pixelSeconds, height = 260, onZoom, onBack } = props
  const { t } = useTranslation('charts')
  const isDark = useComputedColorScheme('light') === 'dark'
  // React would leave a sign of waiting for 300 ms, also where there is nothing to wait for.
  const [Canvas] = useState(() => canvas ?? LateCanvas)
  const [isTable, setTable] = useState(false)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [place, setPlace] = useState<number | null>(null)
  const columns = useMemo(() => columnsOf(series, pixelSeconds), [series, pixelSeconds])
  const toggle = (id: string) => setHidden(new Set(hidden.has(id) ? [...hidden].filter((each) => each !== id) : [...hidden, id]))
  const under = place === null ? undefined : columns[0][place]
  return (
    <Stack gap="xs" component="figure" m={0} aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Legend {...{ label: t('lines'), series, columns, place, hidden, isDark }} onToggle={toggle} />
        <Group gap={4}>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={isTable ? <IconChartLine size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? t('asChart') : t('asTable')}
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={series.length === 0}
            onClick={() => saveText(`${title}.csv`, csvOf(series, columns))}
          >
            {t('csv')}
          </Button>
        </Group>
      </Group>
      {isTable ? (
        <TableTwin {...{ title, series, columns, timeZone }} />
      ) : (
        <div
          role="img"
          aria-label={t('picture', { title, from: showTime(range.start, timeZone), to: showTime(range.end, timeZone) })}
        >
          <Suspense fallback={<Waiting height={height} />}>
            <Canvas {...{ series, columns, hidden, range, timeZone, height, isDark, onZoom, onBack }} onPoint={setPlace} />
          </Suspense>
        </div>
      )}
      <Text component="figcaption" size="xs" c="dimmed">
        {under === undefined
          ? t('zone', { zone: timeZone })
          : t('at', { time: showTime(under * 1_000, timeZone), zone: timeZone })}
      </Text>
    </Stack>
  )
}

function Waiting({ height }: { readonly height: number }) {
  const { t } = useTranslation('common')
  return (
    <Center h={height}>
      <Loader aria-label={t('loading')} role="status" />
    </Center>
  )
}
