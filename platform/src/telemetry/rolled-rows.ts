import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { timestampArray } from './binary-arrays.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { instantLiteral } from './quarters.ts'
import {
  readDay,
  readFloat,
  readFloats,
  readInstant,
  readInstants,
  readInteger,
  readIntegers,
  readSmallints,
  readUuid,
  readUuids,
} from './read-binary.ts'
import type { Span } from './stored-rows.ts'

/** Who and what is read of; the series are among the parent's. */
export interface Asked {
  readonly parentId: string
  readonly ids: readonly string[]
}

/** The quarters within a span that are out of date, some perhaps named twice. */
export function markedQuarters(
  scope: TenantScope,
  store: PointStore,
  { parentId }: Asked,
  span: Span,
  take: (seriesId: string, quarter: number) => void,
): TakenStatement {
  const { marks, parent } = tablesOf(store)
  return {
    statement: sql`select m.series, m.slots, m.buckets from ${marks} m where ${ownRows(scope, undefined, 'm')} and m.${parent} = ${parentId}::uuid`,
    take: ([series, slots, buckets]) => {
      const ids = readUuids(series as Buffer)
      const places = readSmallints(slots as Buffer)
      for (const [index, bucket] of readInstants(buckets as Buffer).entries()) {
        if (bucket >= span.start && bucket < span.end) take(ids[(places[index] as number) - 1] as string, bucket)
      }
    },
  }
}

/** The lists of a day of hours, those of the next day afterwards; those that nobody asked for are not there. */
export interface DayOfHours {
  readonly seriesId: string
  readonly start: number
  readonly counts: Int32Array
  readonly sums: Float64Array | undefined
  readonly mins: Float64Array | undefined
  readonly maxs: Float64Array | undefined
  readonly lasts: Float64Array | undefined
}

/** Of hours only what is needed is sent: each list is 24 numbers of each day. */
export interface NeededLists {
  readonly sums: boolean
  readonly mins: boolean
  readonly maxs: boolean
  readonly lasts: boolean
}

/** The days of hours that touch a span, by series and day. */
export function daysOfHours(
  scope: TenantScope,
  store: PointStore,
  { ids }: Asked,
  { start, end }: Span,
  needed: NeededLists,
  take: (day: DayOfHours) => void,
): TakenStatement {
  const list = (name: keyof NeededLists): SqlFragment => (needed[name] ? sql`h.${sql.identifier(name)}` : sql`null`)
  const day = (instant: number) => sql`(${instantLiteral(instant)} at time zone 'UTC')::date`
  const scratch = {
    counts: new Int32Array(24),
    sums: new Float64Array(24),
    mins: new Float64Array(24),
    maxs: new Float64Array(24),
    lasts: new Float64Array(24),
  }
  const floats = (column: Buffer | null | undefined, name: keyof NeededLists) =>
    column ? readFloats(column, scratch[name]) : undefined
  return {
    statement: sql`select h.series_id, h.day, h.counts, ${list('sums')}, ${list('mins')}, ${list('maxs')}, ${list('lasts')}
      from ${tablesOf(store).hours} h
      where ${ownRows(scope, undefined, 'h')} and h.series_id = any(${ids}::uuid[]) and h.day >= ${day(start)} and h.day <= ${day(end)}
      order by h.series_id, h.day`,
    take: ([seriesId, date, counts, sums, mins, maxs, lasts]) =>
      take({
        seriesId: readUuid(seriesId as Buffer),
        start: readDay(date as Buffer),
        counts: readIntegers(counts as Buffer, scratch.counts),
        sums: floats(sums, 'sums'),
        mins: floats(mins, 'mins'),
        maxs: floats(maxs, 'maxs'),
        lasts: floats(lasts, 'lasts'),
      }),
  }
}

export interface Quarter {
  readonly seriesId: string
  readonly start: number
  readonly count: number
  /** Not a number where a value is too large to be summed. */
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly last: number
}

/** In which spans quarters are read: of all series, and of single ones. They do not overlap. */
export interface QuarterSpans {
  readonly ofAll: readonly Span[]
  readonly ofOne: readonly (Span & { readonly seriesId: string })[]
}

/** Quarters in spans, by series and time. `offset 0` has the planner walk the index once per series and span. */
export function quartersIn(
  scope: TenantScope,
  store: PointStore,
  { ids }: Asked,
  { ofAll, ofOne }: QuarterSpans,
  take: (quarter: Quarter) => void,
): TakenStatement {
  const instants = (spans: readonly Span[], name: keyof Span) =>
    sql`${timestampArray(spans.map((span) => span[name]))}::timestamptz[]`
  return {
    statement: sql`select r.* from (
        select * from unnest(${ids}::uuid[]) id, unnest(${instants(ofAll, 'start')}, ${instants(ofAll, 'end')}) span
        union all
        select * from unnest(${ofOne.map(({ seriesId }) => seriesId)}::uuid[], ${instants(ofOne, 'start')}, ${instants(ofOne, 'end')}) span
      ) asked (id, start_at, end_at) cross join lateral (
        select r.series_id, r.bucket, r.count, r.sum, r.min, r.max, r.last from ${tablesOf(store).rollups} r
        where ${ownRows(scope, undefined, 'r')} and r.series_id = asked.id and r.bucket >= asked.start_at and r.bucket < asked.end_at
        offset 0
      ) r
      order by r.series_id, r.bucket`,
    take: ([seriesId, bucket, count, sum, min, max, last]) =>
      take({
        seriesId: readUuid(seriesId as Buffer),
        start: readInstant(bucket as Buffer),
        count: readInteger(count as Buffer),
        sum: sum ? readFloat(sum) : Number.NaN,
        min: readFloat(min as Buffer),
        max: readFloat(max as Buffer),
        last: readFloat(last as Buffer),
      }),
  }
}
