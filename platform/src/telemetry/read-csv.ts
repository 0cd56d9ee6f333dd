import { problems } from '../problems/catalogue.ts'
import { checkSeries } from './check-series.ts'
import { csvRecords } from './csv-records.ts'
import { parseInstant } from './instant.ts'
import { LocalClock } from './local-time.ts'
import { RowPacker } from './packed-row.ts'
import type { Point, SeriesName } from './point-store.ts'

/** Which columns of a file hold what; each of the last three may be a constant for the whole file instead. */
export interface CsvMapping {
  readonly timeColumn: string
  readonly valueColumn: string
  readonly pointType: TextSource
  readonly unit: TextSource
  readonly name: TextSource
  /** Zone of times that carry no offset. Without one such a time is a bad line. */
  readonly timeZone?: string | undefined
  /** Columns that a file may have though the request says it all: a text there that says otherwise refuses the whole file. */
  readonly restated?: readonly Restatement[]
}

export interface Restatement {
  readonly columns: readonly string[]
  /** Throws the refusal. */
  readonly judge: (text: string, line: number) => void
}

/** A column, one that the file may lack (then it is empty), or the same text for every line. */
export type TextSource = { readonly column: string; readonly optional?: boolean } | { readonly constant: string }

export interface LineError {
  /** Counted from 1, the header included: what an editor shows. */
  readonly line: number
  readonly message: string
}

export interface CsvPoints {
  readonly packer: RowPacker
  /** The first of them; `refused` is how many there are. */
  readonly errors: readonly LineError[]
  readonly refused: number
}

const errorsTold = 20

/**
 * Reads points from CSV as it arrives, with a header line, and packs them on the way. Bad lines are named by number.
 * What makes the whole file unreadable (no such column, not UTF-8) is a problem of its own: `malformed_body`.
 */
export async function readCsvPoints(bytes: AsyncIterable<Uint8Array>, mapping: CsvMapping): Promise<CsvPoints> {
  const packer = new RowPacker()
  const errors: LineError[] = []
  let refused = 0
  let readLine: LineReader | undefined
  for await (const { record, line } of csvRecords(bytes)) {
    if (readLine === undefined) {
      readLine = lineReader(record, mapping)
      continue
    }
    const point = readLine(record, line)
    if (typeof point !== 'string') packer.add(point)
    else if (++refused <= errorsTold) errors.push({ line, message: point })
  }
  if (readLine === undefined) throw problems.malformed_body('The file is empty; its first line must name the columns.')
  return { packer, errors, refused }
}

type LineReader = (record: readonly string[], line: number) => Point | string

function lineReader(header: readonly string[], mapping: CsvMapping): LineReader {
  const placeOf = (column: string) => {
    const place = header.indexOf(column)
    if (place === -1) throw problems.malformed_body(`The file has no column \`${column}\`; its first line must name the columns.`)
    return place
  }
  const text = (source: TextSource) => {
    if ('constant' in source) return () => source.constant
    if (source.optional && !header.includes(source.column)) return () => ''
    const place = placeOf(source.column)
    return (record: readonly string[]) => record[place] ?? ''
  }
  const timePlace = placeOf(mapping.timeColumn)
  const valuePlace = placeOf(mapping.valueColumn)
  const pointType = text(mapping.pointType)
  const unit = text(mapping.unit)
  const name = text(mapping.name)
  const checked = new Map<string, SeriesName | string>()
  const readTime = timeReader(mapping.timeZone)
  const judgeRestated = restatementJudge(header, mapping.restated ?? [])

  return (record, line) => {
    judgeRestated(record, line)
    if (record.length !== header.length) return `Has ${record.length} columns, the header has ${header.length}.`
    const key = `${pointType(record)}\0${unit(record)}\0${name(record)}`
    let series = checked.get(key)
    if (series === undefined) {
      series = checkSeries(pointType(record), unit(record), name(record))
      if (checked.size < 10_000) checked.set(key, series)
    }
    if (typeof series === 'string') return series
    const time = readTime(record[timePlace] ?? '', key)
    if (typeof time === 'string') return time
    const value = readNumber(record[valuePlace] ?? '')
    if (value === undefined) return 'The value must be a finite number.'
    return { ...series, time, value }
  }
}

function restatementJudge(
  header: readonly string[],
  restated: readonly Restatement[],
): (record: readonly string[], line: number) => void {
  const places = restated.flatMap(({ columns, judge }) =>
    header.flatMap((column, place) => (columns.includes(column.toLowerCase()) ? [{ place, judge, agreed: '' }] : [])),
  )
  return (record, line) => {
    for (const each of places) {
      const text = record[each.place] ?? ''
      if (text === each.agreed) continue
      each.judge(text, line)
      each.agreed = text
    }
  }
}

/** The whole text is the number: no thousands separators, no `1,5`, no NaN, no hexadecimal. */
export function readNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/**
 * An hour that the clock shows twice belongs to the first pass, until the series' time would stand still or run backwards:
 * then it is the second.
 */
function timeReader(zone: string | undefined): (text: string, series: string) => number | string {
  const clock = zone === undefined ? undefined : new LocalClock(zone)
  const newest = new Map<string, number>()
  return (text, series) => {
    const instant = parseInstant(text)
    if (instant !== undefined) return instant
    const local = clock?.read(text) ?? 'unreadable'
    if (local === 'skipped')
      return `${text} does not exist in ${zone}: the clock was put forward. Name the zone that this file's clock keeps.`
    if (local === 'unreadable')
      return `The time must be like 2026-03-29T01:00:00Z${clock ? ', or 2026-03-29 01:00:00 local' : ', with its offset'}.`
    const time = typeof local === 'number' ? local : local.earlier > (newest.get(series) ?? 0) ? local.earlier : local.later
    newest.set(series, time)
    return time
  }
}
