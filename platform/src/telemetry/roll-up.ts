import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { SnapshotScope, TakenStatement, TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { dateArray, timestampArray } from './binary-arrays.ts'
import { noFigures } from './day-figures.ts'
import { type DayRollup, dayLength, quartersOfDay, storeDays, storedDays } from './day-rollups.ts'
import { type Mark, takeMarks } from './due-marks.ts'
import { eachInTurn } from './each-in-turn.ts'
import { holdingParent } from './parent-lock.ts'
import { placeOf } from './point-runs.ts'
import type { PointStore } from './point-store.ts'
import { PointSweep } from './point-sweep.ts'
import { tablesOf } from './point-tables.ts'
import { added, type QuarterSum, setSum, sumOf } from './quarter-sums.ts'
import { firstQuarter, quarter } from './quarters.ts'
import { readInstant, readUuid, readUuids } from './read-binary.ts'
import { spansOf } from './stale-stretches.ts'
import { storedRows } from './stored-rows.ts'
import { type NearRow, type ToldRow, toldQuarters } from './told-quarters.ts'

export interface UpkeepOptions {
  /** Also what is not due yet. */
  readonly all?: boolean
  readonly signal?: AbortSignal
}

/** One round of `rollUpPoints` looks at so many parents. */
const parentsAtOnce = 100

/** Hours until what was received may become chunks, and a little more. See `compact-points.ts`. */
const compactionDue = sql`tenantry.clock() + interval '25 hours'`

/**
 * Brings rollups of one tenant up to date, one transaction for a few packed rows each, so that stopping or dying anywhere loses
 * nothing. Answers the number of marks that were worked off; call it until that is 0.
 *
 * @example
 * while ((await rollUpPoints(scope, bmsPoints)) > 0);
 */
export async function rollUpPoints(scope: TenantScope, store: PointStore, options: UpkeepOptions = {}): Promise<number> {
  const due = dueBefore(options)
  let worked = 0
  await eachInTurn(await scope.run(dueParents(scope, store, due), { lane: 'read' }), async ({ parentId }) => {
    for (let marks = 1; marks > 0; worked += marks) {
      if (options.signal?.aborted) return
      marks = await holdingParent(scope, store, parentId, (held) => rollUpMarks(held, store, parentId, due))
    }
  })
  return worked
}

export function dueBefore({ all = false }: UpkeepOptions): SqlFragment {
  return all ? sql`'infinity'::timestamptz` : sql`tenantry.clock()`
}

function dueParents(scope: TenantScope, store: PointStore, due: SqlFragment): SqlFragment<{ parentId: string }> {
  const { marks, parent } = tablesOf(store)
  return sql<{ parentId: string }>`select m.${parent} as parent_id from ${marks} m
    where ${ownRows(scope, undefined, 'm')} and m.due_at <= ${due}
    group by m.${parent} order by min(m.due_at) limit ${parentsAtOnce}`
}

/**
 * Takes due marks of one parent, computes their quarters anew from the points that count now, and with them their hours, and
 * counts the rows that compaction has to take up. Under the parent's lock: of two that computed the same quarter the older result would win.
 * What is stored and marked while it runs keeps its own mark, whose points this may or may not have seen.
 */
async function rollUpMarks(held: SnapshotScope, store: PointStore, parentId: string, due: SqlFragment): Promise<number> {
  const marks: Mark[] = []
  await held.take([takeMarks(held, store, parentId, due, (mark) => marks.push(mark))])
  if (marks.length === 0) return 0
  const named = marks.map(quartersOfMark)
  const ids = [...new Set(marks.flatMap(({ series }) => series))]
  const spans = spansOf(ascending(new Set(named.flatMap(({ buckets }) => buckets))), quarter, dayLength)
  const there = new Set<string>()
  const rows = new Map<string, NearRow>()
  await held.take([
    seriesThere(held, store, parentId, ids, (id) => there.add(id)),
    nearRows(held, store, parentId, ids, spans, (row) => rows.set(row.id, row)),
  ])
  const told = toldQuarters(named, [...rows.values()], (id) => there.has(id))
  const read = await readQuarters(held, store, parentId, told)
  const days = new Map<string, DayRollup>()
  for (const [seriesId, own] of told) {
    for (const day of new Set([...own.keys()].map((bucket) => bucket - (bucket % dayLength)))) {
      days.set(`${seriesId} ${day}`, { seriesId, day, quarters: noFigures(quartersOfDay) })
    }
  }
  await held.take([storedDays(held, store, [...days.values()], (day) => days.set(`${day.seriesId} ${day.day}`, day))])
  for (const [seriesId, own] of told) {
    for (const [bucket, sum] of own) {
      const inDay = bucket % dayLength
      const { quarters } = days.get(`${seriesId} ${bucket - inDay}`) as DayRollup
      setSum(quarters, inDay / quarter, sum === undefined ? read.get(seriesId)?.get(bucket) : sum === 'empty' ? undefined : sum)
    }
  }
  await held.batch([...storeDays(held, store, parentId, [...days.values()]), ...countRows(store, parentId, marks)])
  return marks.length
}

/** Rollups begin somewhere. */
function quartersOfMark({ rowId, series, quarters, firstAt, lastAt }: Mark): ToldRow {
  if (quarters !== undefined && firstAt >= firstQuarter) return { rowId, series, ...quarters }
  const slots: number[] = []
  const buckets: number[] = []
  const add = (slot: number, bucket: number) => {
    if (bucket < firstQuarter) return
    slots.push(slot)
    buckets.push(bucket)
  }
  if (quarters !== undefined) {
    for (const [pair, bucket] of quarters.buckets.entries()) add(quarters.slots[pair] as number, bucket)
  } else {
    for (const place of series.keys()) {
      for (let bucket = firstAt - (firstAt % quarter); bucket <= lastAt; bucket += quarter) add(place + 1, bucket)
    }
  }
  return { rowId, series, slots, buckets, parts: undefined }
}

/** The quarters of which marks do not tell, from points. */
async function readQuarters(
  held: SnapshotScope,
  store: PointStore,
  parentId: string,
  told: ReturnType<typeof toldQuarters>,
): Promise<ReadonlyMap<string, ReadonlyMap<number, QuarterSum>>> {
  const stale = new Map<string, Set<number>>()
  for (const [seriesId, own] of told) {
    const untold = [...own].filter(([, sum]) => sum === undefined).map(([bucket]) => bucket)
    if (untold.length > 0) stale.set(seriesId, new Set(untold))
  }
  const read = new Map([...stale.keys()].map((id) => [id, new Map<number, QuarterSum>()]))
  if (stale.size === 0) return read
  const ids = [...stale.keys()]
  const sweep = new PointSweep(ids, (seriesId, { times, values }) => {
    const [meant, sums] = [stale.get(seriesId) as Set<number>, read.get(seriesId) as Map<number, QuarterSum>]
    for (let from = 0; from < times.length; ) {
      const bucket = (times[from] as number) - ((times[from] as number) % quarter)
      const to = placeOf(times, bucket + quarter, from)
      const before = sums.get(bucket)
      if (meant.has(bucket))
        sums.set(bucket, before === undefined ? sumOf(values, from, to) : added(before, sumOf(values, from, to)))
      from = to
    }
  })
  const spans = spansOf(ascending(new Set([...stale.values()].flatMap((buckets) => [...buckets]))), quarter, dayLength)
  await held.take([storedRows(held, store, { parentId, ids }, spans, (row) => sweep.add(row))])
  sweep.finish()
  return read
}

function seriesThere(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  ids: readonly string[],
  take: (id: string) => void,
): TakenStatement {
  const { series, parent } = tablesOf(store)
  return {
    statement: sql`select s.id from ${series} s where ${ownRows(scope, undefined, 's')} and s.${parent} = ${parentId}::uuid and s.id = any(${ids}::uuid[])`,
    take: ([id]) => take(readUuid(id as Buffer)),
  }
}

/** Rows that reach into spans and hold any of the series, without their points; one that reaches into two comes twice. */
function nearRows(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  ids: readonly string[],
  spans: ReturnType<typeof spansOf>,
  take: (row: NearRow) => void,
): TakenStatement {
  const { points, parent } = tablesOf(store)
  const instants = (name: 'start' | 'end') => sql`${timestampArray(spans.map((span) => span[name]))}::timestamptz[]`
  return {
    statement: sql`select p.* from unnest(${instants('start')}, ${instants('end')}) span (start_at, end_at) cross join lateral (
        select p.id, p.first_at, p.last_at, p.series from ${points} p
        where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
          and p.last_at >= span.start_at and p.first_at < span.end_at and p.series && ${ids}::uuid[]
        offset 0
      ) p`,
    take: (columns) => {
      const [id, firstAt, lastAt, series] = columns as [Buffer, Buffer, Buffer, Buffer]
      take({ id: readUuid(id), firstAt: readInstant(firstAt), lastAt: readInstant(lastAt), series: readUuids(series) })
    },
  }
}

/** Packed rows that compaction has to take up, by their first day. */
function countRows(store: PointStore, parentId: string, marks: readonly Mark[]): readonly SqlFragment[] {
  const { days, parent } = tablesOf(store)
  const rows = new Map<number, number>()
  for (const { firstAt, rowsAdded } of marks) {
    const day = Math.floor(firstAt / dayLength) * dayLength
    if (rowsAdded > 0) rows.set(day, (rows.get(day) ?? 0) + rowsAdded)
  }
  if (rows.size === 0) return []
  return [
    sql`insert into ${days} as d (${parent}, day, loose_rows, due_at)
      select ${parentId}::uuid, day, rows, ${compactionDue}
      from unnest(${dateArray([...rows.keys()])}::date[], ${[...rows.values()]}::int[]) added (day, rows) order by day
      on conflict (tenant_id, ${parent}, day) do update
        set loose_rows = d.loose_rows + excluded.loose_rows, due_at = coalesce(d.due_at, excluded.due_at)`,
  ]
}

function ascending(buckets: ReadonlySet<number>): number[] {
  return [...buckets].sort((a, b) => a - b)
}
