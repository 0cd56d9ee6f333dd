import type { SnapshotScope } from '../isolation/tenant-scope.ts'
import { dayLength } from './day-rollups.ts'
import { type PointRun, partOf, placeOf } from './point-runs.ts'
import type { PointStore } from './point-store.ts'
import { PointSweep } from './point-sweep.ts'
import type { Asked } from './rolled-rows.ts'
import { type StaleStretches, spansOf } from './stale-stretches.ts'
import { type Span, storedRows } from './stored-rows.ts'

/** The points of a span that count, of one series at a time, each series forward in time. */
export function tellPoints(
  reading: SnapshotScope,
  store: PointStore,
  asked: Asked & Span,
  tell: (seriesId: string, run: PointRun) => void,
): Promise<void> {
  return tellPointsOf(reading, store, asked, [asked], tell)
}

/**
 * As `tellPoints`, of what rollups do not answer: of the quarters or hours `inside` those that are stale, and what of the asked span
 * lies outside of all of them.
 */
export async function tellStalePoints(
  reading: SnapshotScope,
  store: PointStore,
  asked: Asked & Span,
  inside: Span,
  stale: StaleStretches,
  tell: (seriesId: string, run: PointRun) => void,
): Promise<void> {
  const starts = stale.all.filter((start) => start >= inside.start && start < inside.end)
  const outside = [
    { start: asked.start, end: inside.start },
    { start: inside.end, end: asked.end },
  ].filter(({ start, end }) => start < end)
  // What lies less than a day apart is in the same rows anyway, and each span is a walk along the index.
  const spans = [...spansOf(starts, stale.width, dayLength), ...outside]
  if (spans.length === 0) return
  await tellPointsOf(reading, store, asked, spans, (id, run) => {
    for (const [from, to] of staleStretches(run, inside, stale.width, stale.of(id))) tell(id, partOf(run, from, to))
  })
}

async function tellPointsOf(
  reading: SnapshotScope,
  store: PointStore,
  asked: Asked & Span,
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

/** The parts of a run that lie in stale stretches, or not `inside`. */
function* staleStretches(
  { times }: PointRun,
  inside: Span,
  width: number,
  isStale: (place: number) => boolean,
): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < times.length; ) {
    const time = times[from] as number
    const place = Math.floor(time / width)
    const isInside = time >= inside.start && time < inside.end
    const end = isInside ? (place + 1) * width : time < inside.start ? inside.start : Number.POSITIVE_INFINITY
    const to = placeOf(times, end, from)
    if (!isInside || isStale(place)) yield [from, to]
    from = to
  }
}
