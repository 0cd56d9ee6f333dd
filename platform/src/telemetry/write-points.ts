import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { absence } from '../resources/absence.ts'
import { writeToInflux } from './influx/write-to-influx.ts'
import { formatInstant } from './instant.ts'
import { markInsert, planRollup } from './mark-points.ts'
import { writeMetered } from './metered-points.ts'
import { type PackedRow, RowPacker } from './packed-row.ts'
import { runsOf, writeBlock } from './point-block.ts'
import type { OpenPointStore, Point, PointStore } from './point-store.ts'
import { quartersOf } from './quarter-marks.ts'
import { rowId } from './row-id.ts'
import { tellSeries } from './tell-series.ts'

export interface WriteOptions {
  /** Names this lot of points: sent again under the same name by the same actor, it is not stored again. */
  readonly batch?: string | undefined
}

/** Up to this many rows go in one network write; more take a connection of their own, so that other tenants' writes do not wait behind them. */
const rowsPerBatch = 4

/**
 * Stores points of one parent, all or none, and makes the series they name where there is none yet.
 * Answers how many points were stored: none when the batch was stored before.
 *
 * Refuses with `not_found`/`object_not_granted` (the parent), `quota_exceeded` (series, points), `invalid_request` (times more than a day ahead),
 * `store_unavailable` (points lie in InfluxDB, and it does not answer).
 *
 * @example
 * await writePoints(scope, bmsPoints, buildingId, [{ pointType: 'temperature', unit: 'degC', name: '', time: 1_767_225_600_000_000, value: 21.5 }])
 */
export async function writePoints(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string,
  points: Iterable<Point>,
  options: WriteOptions = {},
): Promise<{ readonly stored: number }> {
  const packer = new RowPacker()
  for (const point of points) packer.add(point)
  return writeRows(scope, store, parentId, packer.finish(), options)
}

/** As `writePoints`, for points that are packed already. */
export function writeRows(
  scope: TenantScope,
  store: OpenPointStore,
  parentId: string,
  rows: readonly PackedRow[],
  options: WriteOptions = {},
): Promise<{ readonly stored: number }> {
  return writeLots(scope, store, [{ parentId, rows }], options)
}

/** Packed points of one parent. */
export interface Lot {
  readonly parentId: string
  readonly rows: readonly PackedRow[]
}

/** As `writeRows`, for several parents at once: the points of all of them are stored, or none. */
export async function writeLots(
  scope: TenantScope,
  store: OpenPointStore,
  lots: readonly Lot[],
  options: WriteOptions = {},
): Promise<{ readonly stored: number }> {
  if (lots.every(({ rows }) => rows.length === 0)) return { stored: 0 }
  for (const { rows } of lots) for (const row of rows) refuseEndless(row)
  const { influx } = store
  return writeMetered(scope, store, lots, options.batch, () =>
    influx === undefined ? writeToPostgres(scope, store, lots, options) : writeToInflux(scope, store, influx, lots, options),
  )
}

function refuseEndless({ values }: PackedRow): void {
  if (values.every(Number.isFinite)) return
  throw problems.invalid_request('A value is not a finite number; nothing was stored.')
}

async function writeToPostgres(
  scope: TenantScope,
  store: PointStore,
  lots: readonly Lot[],
  options: WriteOptions,
): Promise<{ readonly stored: number }> {
  const all = lots.flatMap(({ rows }) => rows)
  // Every statement judges the newest point of all, so that none stores its part of a lot that another one refuses.
  const newest = all.reduce((latest, row) => Math.max(latest, row.lastAt), 0)
  // In one order for everybody: two requests that make the same series do not wait for each other in a ring.
  const inserts = [...lots]
    .sort((a, b) => (a.parentId < b.parentId ? -1 : 1))
    .flatMap(({ parentId, rows }) =>
      rows.map((row, index) => ({
        parentId,
        statement: insertRow(scope, store, parentId, row, newest, rowId(scope, parentId, options.batch, index)),
      })),
    )
  const judge = async (outcome: InsertOutcome | undefined, parentId: string): Promise<number> => {
    if (outcome?.ahead) throw problems.invalid_request('A point lies more than a day in the future; nothing was stored.')
    if (!outcome?.parent) throw await absence(scope, store.parent, parentId, store.parentWord)
    return outcome.stored
  }
  let stored = 0
  // All rows of one parent meet the same refusal, so that nothing is left to take back.
  if (lots.length === 1 && inserts.length <= rowsPerBatch) {
    const outcomes = await scope.batch(
      inserts.map(({ statement }) => statement),
      { lane: 'write' },
    )
    for (const [index, { parentId }] of inserts.entries()) stored += await judge(outcomes[index]?.[0], parentId)
    return { stored }
  }
  await scope.transaction(async (transaction) => {
    for (const { statement, parentId } of inserts) stored += await judge(await transaction.first(statement), parentId)
  })
  return { stored }
}

interface InsertOutcome {
  readonly parent: boolean
  readonly ahead: boolean
  readonly stored: number
}

/**
 * Series, points and the mark that their rollups are out of date, in one statement. A series that two requests make at the same
 * moment is made once: the second meets it in `on conflict`, whose empty update answers the id that a plain `do nothing` would
 * keep to itself.
 */
function insertRow(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  row: PackedRow,
  newest: number,
  id: string | undefined,
): SqlFragment<InsertOutcome> {
  const parent = sql.identifier(store.parentColumn)
  const series = sql.identifier(store.series)
  const runs = runsOf(row, row.series.length)
  const quarters = quartersOf(runs)
  const latest = sql`${formatInstant(newest)}::timestamptz > tenantry.clock() + interval '1 day'`
  return sql<InsertOutcome>`with parent as (select id from ${sql.identifier(store.parent)} where id = ${parentId}::uuid),
    admitted as (select id from parent where not ${latest}),
    named as (
      select * from unnest(${row.series.map((s) => s.pointType)}::text[], ${row.series.map((s) => s.unit)}::text[], ${row.series.map((s) => s.name)}::text[])
        with ordinality as named (point_type, unit, name, place)
    ),
    known as (
      select named.place, s.id from named join ${series} s
        on s.${parent} = ${parentId}::uuid and s.point_type = named.point_type and s.unit = named.unit and s.name = named.name
    ),
    made as (
      insert into ${series} (${parent}, point_type, unit, name)
      select admitted.id, named.point_type, named.unit, named.name from admitted, named
      where not exists (select from known where known.place = named.place)
      on conflict (tenant_id, ${parent}, point_type, unit, name) do update set unit = excluded.unit
      returning id, ${parent}, point_type, unit, name
    ),
    used as (select place, id from known union all select named.place, made.id from made join named using (point_type, unit, name)),
    stored as (
      insert into ${sql.identifier(store.points)} (id, ${parent}, first_at, last_at, count, series, block)
      select coalesce(${id ?? null}::uuid, tenantry.uuid7()), admitted.id, ${formatInstant(row.firstAt)}::timestamptz,
        ${formatInstant(row.lastAt)}::timestamptz, ${row.times.length}::int,
        (select array_agg(used.id order by used.place) from used), ${writeBlock(runs)}::bytea
      from admitted
      on conflict (tenant_id, id) do nothing
      returning id, count as points
    ),
    marked as (${markInsert(store, row, quarters)})
    select exists (select from parent) as parent, ${latest} as ahead, coalesce((select points from stored), 0) as stored, ${planRollup(scope, store)}${tellSeries(store)}`
}
