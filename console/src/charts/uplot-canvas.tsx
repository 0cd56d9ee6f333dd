import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { locale } from '../i18n/i18n.ts'
import { axisTexts, valueTexts } from './axis-texts.ts'
import { inkOf, strokeOf } from './palette.ts'
import type { Range } from './range.ts'
import type { ChartSeries, Columns } from './series.ts'
import { selectByTouch } from './touch.ts'

export interface CanvasProps {
  readonly series: readonly ChartSeries[]
  readonly columns: Columns
  readonly hidden: ReadonlySet<string>
  readonly range: Range
  readonly timeZone: string
  readonly height: number
  readonly isDark: boolean
  /** A span was drawn with the pointer, or with a finger. */
  readonly onZoom?: ((range: Range) => void) | undefined
  /** A double click, or two taps. */
  readonly onBack?: (() => void) | undefined
  /** Index into the columns of what the pointer is over. */
  readonly onPoint: (place: number | null) => void
}

/** Narrower is a click with a shaky hand. */
const leastPixels = 5

/** The picture alone. Fetched when the first chart is shown; everything that can be said without it is in `TimeSeriesChart`. */
export default function UplotCanvas(props: CanvasProps) {
  const { series, columns, hidden, range, timeZone, height, isDark } = props
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  // What the library calls back sees what holds then, not what held when the chart was made.
  const latest = useRef(props)
  latest.current = props
  const given = useRef<number>(undefined)
  const lines = JSON.stringify(series.map(({ id, colour, isBackground }) => [id, colour, isBackground]))

  // biome-ignore lint/correctness/useExhaustiveDependencies: `lines` is what of the series decides how it is made
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const made = new uPlot(optionsOf(latest, given, element.clientWidth), latest.current.columns as uPlot.AlignedData, element)
    plot.current = made
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== made.width) made.setSize({ width: element.clientWidth, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [lines, timeZone, height, isDark])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scales ask for the range themselves
  useEffect(() => {
    given.current = performance.now()
    plot.current?.setData(columns as uPlot.AlignedData)
  }, [columns, range.start, range.end])

  useEffect(() => {
    for (const [index, { id }] of series.entries()) plot.current?.setSeries(index + 1, { show: !hidden.has(id) })
  }, [series, hidden])

  // Time runs from left to right in every language: so do the clocks of those who read from right to left.
  return <div ref={place} dir="ltr" style={{ minHeight: height }} />
}

function optionsOf(
  latest: { readonly current: CanvasProps },
  given: { current: number | undefined },
  width: number,
): uPlot.Options {
  const { series, height, timeZone, isDark, hidden } = latest.current
  const { text, grid } = inkOf(isDark)
  const font = '12px system-ui, sans-serif'
  const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } }
  return {
    width,
    height,
    legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone),
    scales: {
      x: { time: true, range: () => [latest.current.range.start / 1_000, latest.current.range.end / 1_000] },
      y: { auto: true },
    },
    axes: [
      { ...axis, values: (_plot, marks, _axis, _space, apart) => axisTexts(marks, apart, timeZone, locale) },
      { ...axis, size: 64, values: (_plot, marks, _axis, _space, apart) => valueTexts(marks, apart) },
    ],
    series: [
      {},
      ...series.map(({ id, label, colour, isBackground = false }, index): uPlot.Series => {
        const stroke = strokeOf(colour ?? index, isDark)
        return {
          label,
          show: !hidden.has(id),
          stroke: stroke.colour,
          dash: isBackground ? [3, 3] : stroke.dash,
          alpha: isBackground ? 0.6 : 1,
          width: isBackground ? 1 : 1.5,
          spanGaps: false,
        }
      }),
    ],
    cursor: {
      drag: { x: true, y: false, setScale: false },
      bind: {
        dblclick: () => () => {
          latest.current.onBack?.()
          return null
        },
      },
    },
    hooks: {
      ready: [(plot) => selectByTouch(plot, { leastPixels, onTwoTaps: () => latest.current.onBack?.() })],
      draw: [
        () => {
          // For whoever measures: from the moment at which the points were there.
          if (given.current !== undefined) performance.measure('chart', { start: given.current, end: performance.now() })
          given.current = undefined
        },
      ],
      setCursor: [(plot) => latest.current.onPoint(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select
          if (wide < leastPixels) return
          const range = { start: plot.posToVal(left, 'x') * 1_000, end: plot.posToVal(left + wide, 'x') * 1_000 }
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          latest.current.onZoom?.(range)
        },
      ],
    },
  }
}
