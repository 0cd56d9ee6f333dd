import type { TenantEntry } from '../directory/entries.ts'
import { problems } from '../problems/catalogue.ts'
import { checkSeries } from './check-series.ts'
import { type Field, type Head, parseHead, parseLine } from './line-protocol.ts'
import { LineSplitter, type SplitLine } from './line-splitter.ts'
import { refuseOtherTenant, tenantNames } from './own-tenant.ts'
import { RowPacker } from './packed-row.ts'
import type { SeriesName } from './point-store.ts'
import { type Precision, readTimestamp } from './precision.ts'
import type { LineError } from './read-csv.ts'
import { RepeatedLines } from './repeated-lines.ts'

export interface LineMapping {
  /** Tags that name the parent of a line's points, by id or name: `['building', 'building_id']`. */
  readonly parentTags: readonly string[]
  readonly precision: Precision
  /** The caller's own: a tag or field that names another one refuses everything. */
  readonly tenant: TenantEntry
  /** Microseconds, for lines without a timestamp. Asked once. */
  readonly now: () => Promise<number>
}

export interface ProtocolPoints {
  /** By what lines say of their parent; empty text for lines that say nothing. */
  readonly lots: ReadonlyMap<string, { readonly packer: RowPacker; readonly firstLine: number }>
  /** The first bad lines; `refused` is how many there are. */
  readonly errors: readonly LineError[]
  readonly refused: number
}

const errorsTold = 20
/** Of heads, whose tags are parsed once, and of parents, each of which costs a statement. */
const mostKnown = 10_000
const mostParents = 1_000

/**
 * Reads InfluxDB line protocol as it arrives and packs its points by parent. The measurement and a field make the point type
 * (`climate.co2`; a field `value` is the measurement itself), the tag `unit` the unit, the tag `sensor` the name; without it
 * all other tags are the name, so that no two series become one. Bad lines are named by number, from 1.
 *
 * Refuses with `other_tenant_named`, `malformed_body` (not UTF-8, too many parents).
 */
export async function readLineProtocol(bytes: AsyncIterable<Uint8Array>, mapping: LineMapping): Promise<ProtocolPoints> {
  const lots = new Map<string, { packer: RowPacker; firstLine: number }>()
  const errors: LineError[] = []
  let refused = 0
  let clock: number | undefined
  const readLine = lineReader(mapping)
  const repeated = new RepeatedLines(mapping.precision)

  for await (const lines of splitLines(bytes, repeated)) {
    for (const split of lines) {
      const read = split.text === undefined ? split.message : readLine(split.text, split.line)
      if (read === undefined) continue
      if (typeof read === 'string') {
        if (++refused <= errorsTold) errors.push({ line: split.line, message: read })
        continue
      }
      clock ??= read.time === undefined ? await mapping.now() : undefined
      let lot = lots.get(read.parent)
      if (lot === undefined) {
        if (lots.size === mostParents)
          throw problems.malformed_body(`The lines name more than ${mostParents} ${mapping.parentTags[0]}s.`)
        lot = { packer: new RowPacker(), firstLine: split.line }
        lots.set(read.parent, lot)
      }
      for (const { series, value } of read.points) lot.packer.addTo(series, read.time ?? (clock as number), value)
      const [point] = read.points
      if (read.isPlain && point !== undefined) repeated.remember(split.text as string, lot.packer, point.series)
    }
  }
  return { lots, errors, refused }
}

/** So many characters are cut into lines at once: a line that is not whole yet is looked at again with each piece. */
const pieceSize = 16_384

async function* splitLines(bytes: AsyncIterable<Uint8Array>, repeated: RepeatedLines): AsyncGenerator<Iterable<SplitLine>> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const splitter = new LineSplitter((buffer, at) => repeated.pack(buffer, at))
  let piece = ''
  try {
    for await (const chunk of bytes) {
      piece += decoder.decode(chunk, { stream: true })
      if (piece.length < pieceSize) continue
      yield splitter.add(piece)
      piece = ''
    }
    piece += decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? problems.malformed_body('The lines are not UTF-8.') : error
  }
  yield splitter.add(piece)
  yield splitter.end()
}

interface ReadPoints {
  readonly parent: string
  /** Microseconds; undefined where the line has none. */
  readonly time: number | undefined
  readonly points: readonly { readonly series: SeriesName; readonly value: number }[]
  /** One field, a number, at a time. */
  readonly isPlain: boolean
}

interface KnownHead {
  readonly parent: string
  readonly unit: string
  readonly name: string
  readonly measurement: string
  readonly series: Map<string, SeriesName | string>
}

function lineReader(mapping: LineMapping): (text: string, line: number) => ReadPoints | string | undefined {
  const heads = new Map<string, KnownHead | string>()

  return (text, line) => {
    const parsed = parseLine(text)
    if (parsed === undefined || typeof parsed === 'string') return parsed
    let head = heads.get(parsed.head)
    if (head === undefined) {
      head = knownHead(parseHead(parsed.head), mapping, line)
      if (heads.size < mostKnown) heads.set(parsed.head, head)
    }
    if (typeof head === 'string') return head
    const time = parsed.timestamp === undefined ? undefined : readTimestamp(parsed.timestamp, mapping.precision)
    if (parsed.timestamp !== undefined && time === undefined) {
      return `The timestamp must be from 1970 on, in the precision of the request, which is ${mapping.precision}.`
    }
    const points = []
    for (const field of parsed.fields) {
      if (tenantNames.includes(field.key.toLowerCase())) {
        refuseOtherTenant(mapping.tenant, typeof field.value === 'object' ? field.value.text : String(field.value), line)
        continue
      }
      const point = pointOf(field, head)
      if (typeof point === 'string') return point
      points.push(point)
    }
    if (points.length === 0) return 'Has no field that is a number.'
    const isPlain = parsed.fields.length === 1 && typeof parsed.fields[0]?.value === 'number' && time !== undefined
    return { parent: head.parent, time, points, isPlain }
  }
}

function knownHead(parsed: Head | string, mapping: LineMapping, line: number): KnownHead | string {
  if (typeof parsed === 'string') return parsed
  const { measurement } = parsed
  const tags = new Map(parsed.tags)
  const take = (key: string): string | undefined => {
    const value = tags.get(key)
    tags.delete(key)
    return value
  }
  for (const [key, value] of parsed.tags) {
    if (!tenantNames.includes(key.toLowerCase())) continue
    refuseOtherTenant(mapping.tenant, value, line)
    tags.delete(key)
  }
  const parents = new Set(mapping.parentTags.map(take).filter((value) => value !== undefined))
  if (parents.size > 1) return `Names two ${mapping.parentTags[0]}s.`
  const parent = ([...parents][0] ?? '').normalize()
  if (parent.length > 200 || /\p{Cc}/u.test(parent)) return `Names no ${mapping.parentTags[0]}.`
  const unit = take('unit') ?? ''
  const rest = [...tags].filter(([key]) => key !== 'sensor').sort(([a], [b]) => (a < b ? -1 : 1))
  const name = tags.get('sensor') ?? rest.map(([key, value]) => `${key}=${value}`).join(',')
  if (name.length > 100 && !tags.has('sensor'))
    return 'Its tags are longer than 100 characters: name the series by a tag `sensor`.'
  return { parent, unit, name, measurement, series: new Map() }
}

function pointOf({ key, value }: Field, head: KnownHead): ReadPoints['points'][number] | string {
  if (typeof value === 'object') {
    return `The field \`${key.slice(0, 60)}\` is a text: numbers are stored, and true and false as 1 and 0.`
  }
  let series = head.series.get(key)
  if (series === undefined) {
    const pointType = (key === 'value' ? head.measurement : `${head.measurement}.${key}`).toLowerCase()
    series = checkSeries(pointType, head.unit, head.name)
    if (head.series.size < mostKnown) head.series.set(key, series)
  }
  return typeof series === 'string' ? series : { series, value: Number(value) }
}
