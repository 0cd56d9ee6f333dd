import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** Points that are held at a time, 16 bytes each. Each time they are taken within a second there is room for twice as many. */
const usualRoom = { first: 65_536, most: 1_000_000 }

/** Rows after which other requests have their turn. Writing one takes a few microseconds. */
const turnAfter = 100

/**
 * Points in PostgreSQL that count, by series and time, at the pace of whoever takes them. Read a piece at a time: so many series, or
 * so long a stretch of one, as there is room for. Each piece is read in a snapshot of its own, so that a slow reader keeps nobody waiting.
 */
export async function* storedPoints(
  scope: TenantScope,
  store: PointStore,
  asked: Asked & Span,
  { first, most } = usualRoom,
): AsyncGenerator<PointRow> {
  const perSeries = (await countNear(scope, store, asked)) / Math.max(1, asked.ids.length)
  let room = first
  let place: Place = { index: 0, time: asked.start, perSeries }
  while (place.index < asked.ids.length) {
    const piece = pieceFrom(asked, place, room)
    const held = await scope.snapshot((reading) => hold(reading, store, piece, room))
    const begun = performance.now()
    let sinceTurn = 0
    for (const row of rowsOf(held)) {
      if (++sinceTurn % turnAfter === 0) await nextTurn()
      yield row
    }
    if (performance.now() - begun < 1_000) room = Math.min(room * 2, most)
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
    { lane: 'slow' },
  )
  return near?.count ?? 0
}
