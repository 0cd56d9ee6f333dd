import { HeatmapChart } from 'echarts/charts'
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { showNumber } from '../i18n/format.ts'
import { locale } from '../i18n/i18n.ts'
import type { Carpet } from './carpet.ts'
import { inkOf } from './palette.ts'

use([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

/** Cividis: the same order for those who see no red or no green, and in grey. */
const colours = ['#00224e', '#31446b', '#666970', '#958f78', '#cab969', '#fee838']

export interface CarpetCanvasProps {
  readonly carpet: Carpet
  readonly unit: string
  readonly height: number
  readonly isDark: boolean
}

export default function EchartsCarpet({ carpet, unit, height, isDark }: CarpetCanvasProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const chart = init(element, undefined, { renderer: 'canvas', height })
    chart.setOption(optionsOf(carpet, unit, isDark))
    const observer = new ResizeObserver(() => chart.resize({ height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [carpet, unit, height, isDark])
  return <div ref={place} dir="ltr" style={{ height }} />
}

function optionsOf({ days, cells }: Carpet, unit: string, isDark: boolean) {
  const { text } = inkOf(isDark)
  const values = cells.map(([, , value]) => value)
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const show = (value: number) => [showNumber(value, { maximumSignificantDigits: 4 }), unit].join(' ').trim()
  const hourOf = (hour: number) => `${String(hour).padStart(2, '0')}:00`
  return {
    animation: false,
    textStyle: { color: text },
    grid: { left: 56, right: 16, top: 8, bottom: 72 },
    // As text in the picture: a box of HTML would need styles of its own, which the page's policy refuses.
    tooltip: {
      renderMode: 'richText' as const,
      formatter: ({ value: [day, hour, value] }: { value: [number, number, number] }) =>
        `${format.format(Date.parse(days[day] ?? ''))} ${hourOf(hour)}\n${show(value)}`,
    },
    xAxis: {
      type: 'category' as const,
      data: days,
      axisLabel: { color: text, formatter: (day: string) => format.format(Date.parse(day)) },
    },
    yAxis: {
      type: 'category' as const,
      inverse: true,
      data: Array.from({ length: 24 }, (_, hour) => hourOf(hour)),
      axisLabel: { color: text, interval: 5 },
    },
    visualMap: {
      min: Math.min(...values),
      max: Math.max(...values),
      calculable: false,
      orient: 'horizontal' as const,
      left: 'center',
      bottom: 0,
      inRange: { color: colours },
      textStyle: { color: text },
      formatter: (value: unknown) => show(Number(value)),
    },
    series: [{ type: 'heatmap' as const, data: cells as [number, number, number][], progressive: 2_000 }],
  }
}
