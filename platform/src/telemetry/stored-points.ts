import { sql } from '../isolation/statement.ts'
import type { SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import type { PointRun } from './point-runs.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { tellPoints } from './points-that-count.ts'
import { instantLiteral } from './quarters.ts'
import type { PointRow } from './read-points.ts'
import type { Asked } from './rolled-rows.ts'
import type { Span } from './stored-rows.ts'
import { timeText } from './time-text.ts'

/** Points that are held at a time, 16 bytes each: the faster they are taken, the more. */
const usualRoom = { first: 16_384, most: 262_144 }
/** Milliseconds in which a piece is taken by whoever may have a larger one, and by whoever may have one as large again. */
const fast = 1_000
const slow = 10_000

/**
 * Points in PostgreSQL that count, by series and time, at the pace of whoever takes them. Read a piece at a time: so many series, or
 * so long a stretch of one, as there is room for.
 */
export function storedPoints(
  scope: TenantScope,
  store: PointStore,
  asked: Asked & Span,
  room = usualRoom,
): AsyncIterable<PointRow> {
  return scope.walk((reading) => piecesOf(reading, store, asked, room))
}

async function* piecesOf(
  reading: SnapshotScope,
  store: PointStore,
  asked: Asked & Span,
  { first, most }: typeof usualRoom,
): AsyncGenerator<Iterable<PointRow>> {
  const perSeries = (await countNear(reading, store, asked)) / Math.max(1, asked.ids.length)
  let room = first
  let place: Place = { index: 0, time: asked.start, perSeries }
  while (place.index < asked.ids.length) {
    const piece = pieceFrom(asked, place, room)
    const held = await hold(reading, store, piece, room)
    const begun = performance.now()
    yield rowsOf(held)
    const taken = performance.now() - begun
    if (taken < fast) room = Math.min(room * 2, most)
    else if (taken > slow) room = Math.max(Math.floor(room / 2), first)
    place = placeBehind(asked, place, piece, held, perSeries)
  }
}

interface Place {
  /** Of the next series among those asked for. */
  readonly index: number
  /** From which on it was not told yet. */
  readonly time: number
  /** Points that each series may have in the whole span: a guess. */
  readonly perSeries: number
}

function pieceFrom(asked: Asked & Span, { index, time, perSeries }: Place, room: number): Asked & Span {
  const series = Math.floor(room / perSeries)
  if (time === asked.start && series > 0) return { ...asked, ids: asked.ids.slice(index, index + series) }
  const length = Math.ceil(((asked.end - asked.start) * room) / perSeries)
  return { ...asked, ids: asked.ids.slice(index, index + 1), start: time, end: Math.min(asked.end, time + length) }
}

function placeBehind(asked: Asked & Span, { index }: Place, piece: Span, held: HeldPoints, perSeries: number): Place {
  if (held.end === asked.end) return { index: index + held.runs.size, time: asked.start, perSeries }
  const found = (held.count / (held.end - piece.start)) * (asked.end - asked.start)
  return { index, time: held.end, perSeries: Math.max(perSeries, found) }
}

/** Series of which all is there, up to `end`. */
interface HeldPoints {
  readonly runs: ReadonlyMap<string, readonly PointRun[]>
  readonly count: number
  readonly end: number
}

/** What of a piece there is room for: where its points are more than was thought, fewer series, and of a single one a shorter stretch. */
async function hold(reading: SnapshotScope, store: PointStore, piece: Asked & Span, room: number): Promise<HeldPoints> {
  const runs = new Map<string, PointRun[]>(piece.ids.map((id) => [id, []]))
  const lengthOf = (id: string) => (runs.get(id) ?? []).reduce((sum, { times }) => sum + times.length, 0)
  let [count, end] = [0, piece.end]
  await tellPoints(reading, store, piece, (id, run) => {
    const known = runs.get(id)
    // A single series is told in the order of time.
    if (known === undefined || end < piece.end) return
    known.push(run)
    count += run.times.length
    while (count > room && runs.size > 1) {
      const last = [...runs.keys()].at(-1) as string
      count -= lengthOf(last)
      runs.delete(last)
    }
    if (count > room) end = (run.times.at(-1) as number) + 1
  })
  return { runs, count, end }
}

function* rowsOf({ runs }: HeldPoints): Generator<PointRow> {
  for (const [seriesId, each] of runs) {
    for (const { times, values } of each) {
      for (let place = 0; place < times.length; place++) {
        yield { seriesId, time: timeText(times[place] as number), value: values[place] as number }
      }
    }
  }
}

/** Of all series of the rows that have any of those asked for. */
async function countNear(scope: TenantScope, store: PointStore, { parentId, ids, start, end }: Asked & Span): Promise<number> {
  const { points, parent } = tablesOf(store)
  const near = await scope.first(
    sql<{ count: number }>`select coalesce(sum(p.count), 0)::int8 as count from ${points} p
      where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid and p.last_at >= ${instantLiteral(start)}
        and p.first_at < ${instantLiteral(end)} and p.series && ${ids}::uuid[]`,
  )
  return near?.count ?? 0
}
