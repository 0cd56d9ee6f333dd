import { csvText } from '../components/csv-text.ts'
import type { ChartSeries, Columns } from './series.ts'

/** What a chart shows, a row for each time, times in UTC. */
export function csvOf(series: readonly ChartSeries[], [times, ...values]: Columns): string {
  const head = ['time', ...series.map(({ label, unit }) => (unit === '' ? label : `${label} (${unit})`))]
  const rows = times.flatMap((time, row) => {
    const cells = values.map((column) => column[row])
    return cells.every((cell) => cell === undefined || cell === null) ? [] : [[new Date(time * 1_000).toISOString(), ...cells]]
  })
  return csvText([head, ...rows])
}
