import { sql } from '../isolation/statement.ts'
import type { TakenStatement } from '../isolation/tenant-scope.ts'
import { dateArray } from './binary-arrays.ts'
import { BlockReader } from './block-bytes.ts'
import { type FigureName, type Figures, noFigures, readFiguresAt } from './day-figures.ts'
import { dayLength, hoursOfDay, quartersOfDay } from './day-rollups.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { readQuarters } from './quarter-marks.ts'
import { instantLiteral, quarter } from './quarters.ts'
import { placesOfByteas, readDays, readInstant, readInteger, readUuids } from './read-binary.ts'
import type { Span } from './stored-rows.ts'

/** Who and what is read of; the series are among the parent's. */
export interface Asked {
  readonly parentId: string
  readonly ids: readonly string[]
}

/**
 * The quarters within a span that are out of date, some perhaps named twice: one by one, or all from one instant up to another. Here and
 * for days the policies alone name the tenant: an index is walked whatever the planner expects, and a statement that is the same for
 * everybody stays prepared, which is a third of the time of an answer.
 */
export function markedQuarters(
  store: PointStore,
  { parentId, ids }: Asked,
  span: Span,
  take: (seriesId: string, quarters: Span) => void,
): TakenStatement {
  const { marks, parent } = tablesOf(store)
  const asked = new Set(ids)
  return {
    statement: sql`select m.first_at, m.last_at, m.series, m.quarters from ${marks} m
      where m.${parent} = ${parentId}::uuid
        and m.last_at >= ${instantLiteral(span.start)} and m.first_at < ${instantLiteral(span.end)}`,
    take: ([firstAt, lastAt, series, quarters]) => {
      const named = readUuids(series as Buffer)
      if (quarters) {
        const { slots, buckets } = readQuarters(quarters)
        for (const [index, start] of buckets.entries()) {
          const seriesId = named[(slots[index] as number) - 1] as string
          if (start >= span.start && start < span.end && asked.has(seriesId)) take(seriesId, { start, end: start + quarter })
        }
        return
      }
      const start = Math.max(span.start, readInstant(firstAt as Buffer))
      const end = Math.min(span.end, readInstant(lastAt as Buffer) + 1)
      for (const seriesId of named) if (start < end && asked.has(seriesId)) take(seriesId, { start, end })
    },
  }
}

/** What of a day is read: its hours, or its quarters of an hour. */
export type Level = 'hours' | 'quarters'
const placesOf = { hours: hoursOfDay, quarters: quartersOfDay } as const

/** A day of a series. Its lists are those of the next day afterwards; what nobody needs in them means nothing. */
export interface DayOfFigures {
  readonly seriesId: string
  /** How many hours or quarters lie between 1970 and its first. */
  readonly first: number
  /** Where each begins. */
  readonly starts: Float64Array
  readonly figures: Figures
}

/** The places of a day that lie in a span of whole hours or quarters. */
export function placesWithin({ first, starts }: DayOfFigures, { start, end }: Span) {
  const width = dayLength / starts.length
  return { from: Math.max(0, start / width - first), to: Math.min(starts.length, end / width - first) }
}

/** The spans whose days are read: of all series, and further ones of single series. */
export interface AskedDays {
  readonly ofAll: readonly Span[]
  readonly ofOne: ReadonlyMap<string, readonly Span[]>
}

/** Days that come in one row, for each row costs as much as several days in it: some 75 kB of quarters. */
const daysAtOnce = 61

/** Rows of one span, each a walk along the index. Spans may be of thousands of years, of which no more than some decades have points. */
const mostPieces = 250

/**
 * The days that touch spans, each once; of each series in order. They are put in order where the index is walked, once per series and
 * some days, which `offset 0` has the planner do: sorted all together they would have to be held.
 */
export function daysOfFigures(
  store: PointStore,
  { ids }: Asked,
  { ofAll, ofOne }: AskedDays,
  { level, needed }: { readonly level: Level; readonly needed: ReadonlySet<FigureName> },
  take: (day: DayOfFigures) => void,
): TakenStatement {
  const places = placesOf[level]
  const width = dayLength / places
  const scratch = noFigures(places)
  const starts = new Float64Array(places)
  const others = ids.filter((id) => !ofOne.has(id))
  const named = [...others, ...ofOne.keys()]
  const shared = wholeDays(ofAll)
  const own = [...ofOne.values()].flatMap((spans, index) =>
    wholeDays([...ofAll, ...spans]).map((days) => ({ ...days, place: others.length + index + 1 })),
  )
  const dates = (days: readonly Days[], name: 'first' | 'last') => sql`${dateArray(days.map((each) => each[name]))}::date[]`
  return {
    statement: sql`select asked.place::int, r.days, r.figures from (
        select place, first_day, last_day from generate_series(1, ${others.length}::int) place,
          unnest(${dates(shared, 'first')}, ${dates(shared, 'last')}) days (first_day, last_day)
        union all
        select * from unnest(${own.map(({ place }) => place)}::int[], ${dates(own, 'first')}, ${dates(own, 'last')})
      ) asked cross join lateral (
        select array_agg(day) as days, array_agg(figures) as figures from (
          select r.day, r.${sql.identifier(level)} as figures from ${tablesOf(store).rollups} r
          where r.series_id = (${named}::uuid[])[asked.place]
            and r.day >= asked.first_day and r.day <= asked.last_day
          order by r.day offset 0
        ) r
      ) r`,
    take: ([place, days, figures]) => {
      if (!days || !figures) return
      const seriesId = named[readInteger(place as Buffer) - 1] as string
      const beginnings = placesOfByteas(figures)
      const reader = new BlockReader(figures)
      for (const [index, day] of readDays(days).entries()) {
        for (let place = 0; place < places; place++) starts[place] = day + place * width
        reader.at = beginnings[index] as number
        take({ seriesId, first: day / width, starts, figures: readFiguresAt(reader, scratch, needed) })
      }
    },
  }
}

/** By the instants at which they begin. */
interface Days {
  readonly first: number
  readonly last: number
}

/** The days that spans touch, in order, each once: neighbours together, but never too many. */
function wholeDays(spans: readonly Span[]): Days[] {
  const found: { first: number; last: number }[] = []
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const [first, last] = [start - (start % dayLength), end - 1 - ((end - 1) % dayLength)]
    const before = found.at(-1)
    if (before !== undefined && first <= before.last + dayLength) before.last = Math.max(before.last, last)
    else found.push({ first, last })
  }
  return found.flatMap(inPieces)
}

function inPieces({ first, last }: Days): Days[] {
  const days = (last - first) / dayLength + 1
  const length = Math.max(daysAtOnce, Math.ceil(days / mostPieces)) * dayLength
  return Array.from({ length: Math.ceil((days * dayLength) / length) }, (_, piece) => {
    const start = first + piece * length
    return { first: start, last: Math.min(last, start + length - dayLength) }
  })
}
