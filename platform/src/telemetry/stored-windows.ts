import type { SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import type { WindowQuery } from './point-query.ts'
import { type PointRun, partOf, placeOf } from './point-runs.ts'
import type { PointStore } from './point-store.ts'
import { PointSweep } from './point-sweep.ts'
import { holdsHours, holdsQuarters, hoursWithin, type QuarteredSpan, quarter, quartersWithin, wholeHour } from './quarters.ts'
import { type Asked, type DayOfHours, daysOfHours, markedQuarters, quartersIn } from './rolled-rows.ts'
import { StaleQuarters, spansOf } from './stale-quarters.ts'
import { type Span, storedRows } from './stored-rows.ts'
import { joined, placeOfWindow, WindowColumns, WindowFiller } from './window-columns.ts'
import { mostAnswered } from './window-limits.ts'
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
  const budget = { left: mostAnswered }
  const fillers = new Map(asked.ids.map((id) => [id, new WindowFiller(starts, withP95, budget)]))
  await scope.snapshot((reading) => fillFromPoints(reading, store, asked, [asked], (id, run) => fillers.get(id)?.add(run)))
  return new WindowTable(
    [...fillers].map(([id, filler]) => {
      filler.finish()
      return windowsOf(id, starts, filler.columns, asked.aggregates, filler.p95s)
    }),
  )
}

/** Where a series' windows come from: joined in the end. */
interface Parts {
  readonly hours: WindowColumns
  readonly quarters: WindowColumns
  readonly points: WindowFiller
}

/** Quarters out of date, beyond which rollups are not worth the trouble: a year of a point each minute was just sent, some thirty times. */
const mostMarked = 1_000_000

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
  const stale = new StaleQuarters(starts)
  const budget = { left: mostAnswered }
  const parts = new Map<string, Parts>(
    asked.ids.map((id) => [
      id,
      { hours: new WindowColumns(budget), quarters: new WindowColumns(budget), points: new WindowFiller(starts, false, budget) },
    ]),
  )
  // Where midnight is at half past an hour, all hours are cut by windows of one: it is not worth asking for them.
  const hours = holdsHours(asked.window) && stale.cutHours.length * 2 < starts.length ? hoursWithin(span) : undefined
  const isRolled = await scope.snapshot(async (reading) => {
    const marks = markedQuarters(reading, store, asked, span, (id, bucket) => {
      if (parts.has(id) && stale.count <= mostMarked) stale.mark(id, bucket)
    })
    const fillHours = hours === undefined ? undefined : hourFiller(asked, hours, starts, stale, parts)
    await reading.take(
      hours === undefined || fillHours === undefined
        ? [marks]
        : [marks, daysOfHours(reading, store, asked, hours, fillHours.needed, fillHours.take)],
    )
    if (stale.count > mostMarked) return false
    await fillQuarters(reading, store, asked, { span, hours, stale }, starts, parts)
    await fillStalePoints(reading, store, asked, span, stale, parts)
    return true
  })
  if (!isRolled) return windowsFromPoints(scope, store, asked)
  return new WindowTable(
    [...parts].map(([id, { hours, quarters, points }]) =>
      windowsOf(id, starts, joined([hours, quarters, points.columns]), asked.aggregates, []),
    ),
  )
}

function hourFiller(
  asked: AskedWindows,
  span: Span,
  starts: Float64Array,
  stale: StaleQuarters,
  parts: ReadonlyMap<string, Parts>,
) {
  const wants = (...names: readonly WindowQuery['aggregates'][number][]) => names.some((name) => asked.aggregates.includes(name))
  const needed = { sums: wants('sum', 'mean'), mins: wants('min'), maxs: wants('max'), lasts: wants('last') }
  let window = 0
  const take = ({ seriesId, start, counts, sums, mins, maxs, lasts }: DayOfHours) => {
    const columns = parts.get(seriesId)?.hours
    if (columns === undefined) return
    for (let place = 0; place < counts.length; place++) {
      const hour = start + place * wholeHour
      const count = counts[place] as number
      if (count === 0 || hour < span.start || hour >= span.end || stale.hasHour(seriesId, hour)) continue
      window = placeOfWindow(starts, hour, window)
      columns.add(window, count, sums?.[place] ?? 0, mins?.[place] ?? 0, maxs?.[place] ?? 0, lasts?.[place] ?? 0, hour)
    }
  }
  return { needed, take }
}

interface Levels {
  readonly span: QuarteredSpan
  readonly hours: Span | undefined
  readonly stale: StaleQuarters
}

async function fillQuarters(
  reading: SnapshotScope,
  store: PointStore,
  asked: AskedWindows,
  { span, hours, stale }: Levels,
  starts: Float64Array,
  parts: ReadonlyMap<string, Parts>,
): Promise<void> {
  const inside = (hour: number) => hours !== undefined && hour >= hours.start && hour < hours.end
  const ofOne =
    hours === undefined
      ? []
      : [...stale.markedHours()].flatMap(([seriesId, marked]) =>
          spansOf(marked.filter(inside), wholeHour).map((each) => ({ ...each, seriesId })),
        )
  const edges =
    hours === undefined
      ? [span]
      : [
          { start: span.start, end: hours.start },
          { start: hours.end, end: span.end },
        ]
  const ofAll = [...edges.filter(({ start, end }) => start < end), ...spansOf(stale.cutHours.filter(inside), wholeHour)]
  if (ofAll.length === 0 && ofOne.length === 0) return
  let window = 0
  const quarters = quartersIn(reading, store, asked, { ofAll, ofOne }, ({ seriesId, start, count, sum, min, max, last }) => {
    if (stale.has(seriesId, start)) return
    window = placeOfWindow(starts, start, window)
    parts.get(seriesId)?.quarters.add(window, count, sum, min, max, last, start)
  })
  await reading.take([quarters])
}

/** Rows of quarters that lie less than a day apart are the same rows anyway, and each span is a walk along the index. */
const nearby = 86_400_000_000

async function fillStalePoints(
  reading: SnapshotScope,
  store: PointStore,
  asked: AskedWindows,
  span: QuarteredSpan,
  stale: StaleQuarters,
  parts: ReadonlyMap<string, Parts>,
): Promise<void> {
  const inside = stale.all.filter((bucket) => bucket >= span.start && bucket < span.end)
  const spans = [...spansOf(inside, quarter, nearby), ...span.outside]
  if (spans.length === 0) return
  await fillFromPoints(reading, store, asked, spans, (id, run) => {
    for (const [from, to] of meant(id, run, span, stale)) parts.get(id)?.points.add(run, from, to)
  })
}

/** The stretches of a run that are no quarters of rollups, or quarters that are out of date. */
function* meant(id: string, { times }: PointRun, span: Span, stale: StaleQuarters): Generator<readonly [number, number]> {
  for (let from = 0; from < times.length; ) {
    const time = times[from] as number
    const bucket = time - (time % quarter)
    const whole = time < span.start ? span.start : time >= span.end ? Number.POSITIVE_INFINITY : bucket + quarter
    const to = placeOf(times, whole, from)
    if (time < span.start || time >= span.end || stale.has(id, bucket)) yield [from, to]
    from = to
  }
}

/** The points of spans that count, of one series at a time, each forward in time. */
async function fillFromPoints(
  reading: SnapshotScope,
  store: PointStore,
  asked: AskedWindows,
  spans: readonly Span[],
  tell: (seriesId: string, run: PointRun) => void,
): Promise<void> {
  const sweep = new PointSweep(asked.ids, (id, run) => {
    const [from, to] = [placeOf(run.times, asked.start), placeOf(run.times, asked.end)]
    if (from < to) tell(id, partOf(run, from, to))
  })
  await reading.take([storedRows(reading, store, asked, spans, (row) => sweep.add(row))])
  sweep.finish()
}
