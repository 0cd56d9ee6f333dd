import { stringify } from 'csv-stringify/sync'
import type { RequestInfo } from '../http/route.ts'

export const csvAnswer = { contentType: 'text/csv; charset=utf-8' } as const

/** Whether a list is asked for as one stream of CSV. */
export function wantsCsv({ headers }: Pick<RequestInfo, 'headers'>): boolean {
  return /^text\/csv\b/i.test(headers.accept ?? '')
}

/** Rows to a block of CSV: enough that writing is not felt, little enough that nothing piles up behind a slow reader. */
const block = 200

/**
 * Entries as CSV, written while they are read. Cells that a spreadsheet would run as a formula are escaped,
 * because some of them (user agents, names) were typed by strangers.
 */
export async function* logCsv<Row extends object>(rows: AsyncIterable<Row>, columns: readonly (keyof Row & string)[]) {
  yield stringify([columns])
  let waiting: unknown[][] = []
  for await (const row of rows) {
    waiting.push(columns.map((column) => cellOf(row[column])))
    if (waiting.length < block) continue
    yield csvOf(waiting)
    waiting = []
  }
  if (waiting.length > 0) yield csvOf(waiting)
}

function csvOf(cells: readonly unknown[][]): string {
  return stringify([...cells], { escape_formulas: true })
}

function cellOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
