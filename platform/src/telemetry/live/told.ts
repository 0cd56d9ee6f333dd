import type { ServerEvent } from '../../http/event-stream.ts'
import type { Series } from '../point-store.ts'
import { timeText } from '../time-text.ts'
import type { Arrival, ArrivedPoints } from './arrivals.ts'

/** Points of one series, as live readers are told them. */
export interface LiveSeries extends Series {
  readonly points: readonly { readonly time: string; readonly value: number }[]
}

/** Turns a series into what a system's clients know it as. */
export type TellSeries = (series: LiveSeries) => unknown

/**
 * What readers are told of rows that arrived together: `points`, series by series, and for each lot that was too large to tell
 * point by point `stored`, the span to read again. The id of each is the time of receipt of the last row up to then.
 */
export function eventsOf(arrivals: readonly Arrival[], tell: TellSeries): ServerEvent[] {
  const events: ServerEvent[] = []
  const id = String(arrivals.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0))
  const series = seriesOf(arrivals.flatMap(({ points }) => points ?? []))
  if (series.length > 0) events.push({ id, event: 'points', data: { series: series.map(tell) } })
  for (const { points, firstAt, lastAt, count } of arrivals) {
    if (points === null) events.push({ id, event: 'stored', data: { firstAt, lastAt, count } })
  }
  return events
}

function seriesOf(lots: readonly ArrivedPoints[]): LiveSeries[] {
  const bySeries = new Map<string, { readonly about: Series; readonly points: { time: string; value: number }[] }>()
  for (const { series, seriesIds, runs } of lots) {
    for (const [place, { times, values }] of runs.entries()) {
      const id = seriesIds[place] ?? ''
      const about = series[id]
      if (about === undefined) continue
      const known = bySeries.get(id) ?? { about: { id, ...about }, points: [] }
      for (const [index, time] of times.entries()) known.points.push({ time: timeText(time), value: values[index] as number })
      bySeries.set(id, known)
    }
  }
  return [...bySeries.values()].map(({ about, points }) => ({ ...about, points }))
}
