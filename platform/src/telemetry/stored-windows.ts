import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { FigureName } from './day-figures.ts'
import type { WindowQuery } from './point-query.ts'
import type { PointStore } from './point-store.ts'
import { tellPoints, tellStalePoints } from './points-that-count.ts'
import { holdsHours, holdsQuarters, hoursWithin, type QuarteredSpan, quarter, quartersWithin, wholeHour } from './quarters.ts'
import {
  type Asked,
  type AskedDays,
  type DayOfFigures,
  daysOfFigures,
  type Level,
  markedQuarters,
  placesWithin,
} from './rolled-rows.ts'
import { StaleStretches, spansOf } from './stale-stretches.ts'
import type { Span } from './stored-rows.ts'
import { joined, placeOfWindow, WindowColumns, WindowFiller, windowBudget } from './window-columns.ts'
import { windowStarts } from './window-runs.ts'
import { WindowTable, windowsOf } from './window-table.ts'

export interface AskedWindows extends Asked, WindowQuery {
  readonly timeZone: string
}

/**
 * Windows of points in PostgreSQL, which decides what of them the asker may see and hands it over as it is stored; what counts and what
 * it adds up to is told here, over lists of numbers. In its executor each point would be a row.
 *
 * From rollups where they can answer, else from points: the same windows, sums and means to the rounding of float8.
 */
export async function storedWindows(scope: TenantScope, store: PointStore, asked: AskedWindows): Promise<WindowTable> {
  const quarters = asked.aggregates.includes('p95') || !holdsQuarters(asked.window) ? undefined : quartersWithin(asked)
  return quarters === undefined ? windowsFromPoints(scope, store, asked) : windowsFromRollups(scope, store, asked, quarters)
}

export async function windowsFromPoints(scope: TenantScope, store: PointStore, asked: AskedWindows): Promise<WindowTable> {
  const starts = windowStarts(asked)
  const withP95 = asked.aggregates.includes('p95')
  const budget = windowBudget(asked.ids.length, starts.length, neededOf(asked))
  const fillers = new Map(asked.ids.map((id) => [id, new WindowFiller(starts, withP95, budget)]))
  await scope.snapshot((reading) => tellPoints(reading, store, asked, (id, run) => fillers.get(id)?.add(run)))
  return new WindowTable(
    [...fillers].map(([id, filler]) => {
      filler.finish()
      return windowsOf(id, starts, filler.columns, asked.aggregates, filler.p95s)
    }),
  )
}

const quartersOfHour = wholeHour / quarter

/** Where a series' windows come from: joined in the end. */
interface Parts {
  readonly hours: WindowColumns
  readonly quarters: WindowColumns
  readonly points: WindowFiller
}

/**
 * Hours where no quarter of theirs is out of date or cut by a window, else quarters, else points: each point in exactly one.
 * One snapshot shows marks, rollups and points as they belong together.
 */
async function windowsFromRollups(
  scope: TenantScope,
  store: PointStore,
  asked: AskedWindows,
  span: QuarteredSpan,
): Promise<WindowTable> {
  const starts = windowStarts(asked)
  const stale = { hours: new StaleStretches(wholeHour, starts), quarters: new StaleStretches(quarter, starts) }
  // Where midnight is at half past an hour, all hours are cut by windows of one: it is not worth asking for them.
  const hours = holdsHours(asked.window) && stale.hours.cut.length * 2 < starts.length ? hoursWithin(span) : undefined
  const needed = neededOf(asked)
  const budget = windowBudget(asked.ids.length, starts.length, needed)
  const parts = new Map<string, Parts>(
    asked.ids.map((id) => [
      id,
      { hours: new WindowColumns(budget), quarters: new WindowColumns(budget), points: new WindowFiller(starts, false, budget) },
    ]),
  )
  const fill = {
    hours: daysFiller(parts, 'hours', hours ?? span, starts, (id) => stale.hours.of(id)),
    quarters: daysFiller(parts, 'quarters', span, starts, (id) => {
      const [isStale, isHourStale] = [stale.quarters.of(id), stale.hours.of(id)]
      if (hours === undefined) return isStale
      const [first, behind] = [hours.start / wholeHour, hours.end / wholeHour]
      return (place) => {
        const hour = Math.floor(place / quartersOfHour)
        return isStale(place) || (hour >= first && hour < behind && !isHourStale(hour))
      }
    }),
  }
  const isRolled = await scope.snapshot(async (reading) => {
    const marks = markedQuarters(store, asked, span, (id, named) => {
      stale.quarters.mark(id, named)
      stale.hours.mark(id, named)
    })
    const days = (level: Level, which: AskedDays) => daysOfFigures(store, asked, which, { level, needed }, fill[level])
    await reading.take([marks, hours === undefined ? days('quarters', allOf(span)) : days('hours', allOf(hours))])
    if (stale.quarters.isTooMany) return false
    const others = hours === undefined ? undefined : daysOfQuarters(span, hours, stale.hours)
    if (others !== undefined) await reading.take([days('quarters', others)])
    await tellStalePoints(reading, store, asked, span, stale.quarters, (id, run) => parts.get(id)?.points.add(run))
    return true
  })
  if (!isRolled) return windowsFromPoints(scope, store, asked)
  return new WindowTable(
    [...parts].map(([id, { hours, quarters, points }]) =>
      windowsOf(id, starts, joined([hours, quarters, points.columns]), asked.aggregates, []),
    ),
  )
}

function neededOf({ aggregates }: WindowQuery): ReadonlySet<FigureName> {
  const of: readonly (readonly [FigureName, readonly WindowQuery['aggregates'][number][]])[] = [
    ['sums', ['sum', 'mean']],
    ['mins', ['min']],
    ['maxs', ['max']],
    ['lasts', ['last']],
  ]
  return new Set(of.filter(([, names]) => names.some((name) => aggregates.includes(name))).map(([figure]) => figure))
}

const allOf = (span: Span): AskedDays => ({ ofAll: [span], ofOne: new Map() })

/** Adds the hours or quarters of a span, but those of each series that are told elsewhere, asked by their places since 1970. */
function daysFiller(
  parts: ReadonlyMap<string, Parts>,
  level: Level,
  span: Span,
  starts: Float64Array,
  elsewhereOf: (seriesId: string) => (place: number) => boolean,
): (day: DayOfFigures) => void {
  let window = 0
  return (day) => {
    const columns = parts.get(day.seriesId)?.[level]
    if (columns === undefined) return
    const isElsewhere = elsewhereOf(day.seriesId)
    const { counts } = day.figures
    const { from, to } = placesWithin(day, span)
    for (let place = from; place < to; place++) {
      if (counts[place] === 0 || isElsewhere(day.first + place)) continue
      window = placeOfWindow(starts, day.starts[place] as number, window)
      columns.add(window, day.figures, place, day.starts, place)
    }
  }
}

/** Where hours do not answer: outside of whole ones, and those that are stale. Undefined where they answer everything. */
function daysOfQuarters(span: Span, hours: Span, stale: StaleStretches): AskedDays | undefined {
  const within = (starts: readonly number[]) =>
    spansOf(
      starts.filter((hour) => hour >= hours.start && hour < hours.end),
      wholeHour,
    )
  const edges = [
    { start: span.start, end: hours.start },
    { start: hours.end, end: span.end },
  ].filter(({ start, end }) => start < end)
  const ofAll = [...edges, ...within(stale.cut)]
  const ofOne = new Map(
    [...stale.marked()].map(([id, starts]) => [id, within(starts)] as const).filter(([, spans]) => spans.length > 0),
  )
  return ofAll.length === 0 && ofOne.size === 0 ? undefined : { ofAll, ofOne }
}
