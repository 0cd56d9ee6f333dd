import { type Aggregate, formatInstant, type PointsHead, type Series } from 'tenantry/reading'
import type { DataQuery } from './schemas.ts'

/** A row of an answer: of a series, at a time, its figures by name. */
export type DataRow = { readonly seriesId: string; readonly time: string } & { readonly [name in Figure]?: number | null }

export type Figure = Aggregate | 'value'

/** Rows come by series and time. Both forms are written as rows come: nobody holds a year of points. */
export interface DataTable {
  readonly buildingId: string
  readonly query: DataQuery
  readonly head: PointsHead
  /** `value`, or the aggregates. */
  readonly figures: readonly Figure[]
  /** How long a pixel is, where the answer was made for a picture. */
  readonly pixelSeconds?: number
  readonly rows: AsyncIterable<DataRow> | Iterable<DataRow>
}

/** Text leaves in pieces of about this many characters. */
const pieceSize = 16_384

export function dataAsJson(table: DataTable): AsyncIterable<string> {
  return inPieces(jsonText(table))
}

/** Several buildings, one after the other. */
export function comparisonAsJson(tables: readonly DataTable[]): AsyncIterable<string> {
  return inPieces(comparisonText(tables))
}

export function dataAsCsv(table: DataTable): AsyncIterable<string> {
  return inPieces(csvText(table))
}

async function* jsonText({ buildingId, query, head, figures, pixelSeconds, rows }: DataTable): AsyncGenerator<string> {
  const series = byId(head)
  const about = {
    buildingId,
    timeZone: head.timeZone,
    start: formatInstant(query.start),
    end: formatInstant(query.end),
    window: query.window?.text ?? null,
    ...(pixelSeconds === undefined ? {} : { pixelSeconds }),
  }
  yield `${JSON.stringify(about).slice(0, -1)},"series":[`
  let current: string | undefined
  for await (const row of rows) {
    const point = `{"time":"${row.time}",${figures.map((name) => `"${name}":${JSON.stringify(row[name])}`).join(',')}}`
    if (row.seriesId === current) {
      yield `,${point}`
      continue
    }
    const { pointType = '', unit = '', name = '' } = series.get(row.seriesId) ?? {}
    const opening = JSON.stringify({ sensorId: row.seriesId, pointType, unit, sensor: name }).slice(0, -1)
    yield `${current === undefined ? '' : ']},'}${opening},"points":[${point}`
    current = row.seriesId
  }
  yield current === undefined ? ']}' : ']}]}'
}

async function* comparisonText(tables: readonly DataTable[]): AsyncGenerator<string> {
  yield '{"buildings":['
  for (const [index, table] of tables.entries()) {
    if (index > 0) yield ','
    yield* jsonText(table)
  }
  yield ']}'
}

async function* csvText({ head, figures, rows }: DataTable): AsyncGenerator<string> {
  const series = byId(head)
  yield `time,sensor_id,point_type,unit,sensor,${figures.join(',')}\r\n`
  for await (const row of rows) {
    const { pointType = '', unit = '', name = '' } = series.get(row.seriesId) ?? {}
    const labels = [pointType, unit, name].map(csvLabel).join(',')
    yield `${row.time},${row.seriesId},${labels},${figures.map((figure) => row[figure]).join(',')}\r\n`
  }
}

/** A label that begins like a formula gets an apostrophe: spreadsheets would otherwise run what a sensor was named. */
function csvLabel(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function byId(head: PointsHead): Map<string, Series> {
  return new Map(head.series.map((series) => [series.id, series]))
}

async function* inPieces(text: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = ''
  for await (const part of text) {
    piece += part
    if (piece.length < pieceSize) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
