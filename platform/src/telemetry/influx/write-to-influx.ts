import { type SqlFragment, sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { problems } from '../../problems/catalogue.ts'
import { absence } from '../../resources/absence.ts'
import { formatInstant } from '../instant.ts'
import type { PackedRow } from '../packed-row.ts'
import type { PointStore, SeriesName } from '../point-store.ts'
import { tablesOf } from '../point-tables.ts'
import { rowId } from '../row-id.ts'
import { tellSeries } from '../tell-series.ts'
import type { Lot, WriteOptions } from '../write-points.ts'
import { rememberArrivals } from './arrived-rows.ts'
import type { InfluxDatabase } from './influx-database.ts'
import { linesOf } from './influx-lines.ts'

/** Characters of one request; InfluxDB takes 25 MB as it is installed. */
const mostOfRequest = 8_000_000

/**
 * As `writeLots`, into InfluxDB. PostgreSQL is asked first (parents, grants, clock, what is known already), then it is seen that
 * InfluxDB answers, then series are made, then the points leave. Should InfluxDB fall silent between the two, no harm
 * is done: the series are there, and the lot, sent again, is stored as if for the first time.
 */
export async function writeToInflux(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  lots: readonly Lot[],
  { batch }: WriteOptions,
): Promise<{ readonly stored: number }> {
  const rows = lots.flatMap(({ parentId, rows: own }) =>
    own.map((row, index) => ({ parentId, row, id: rowId(scope, parentId, batch, index) })),
  )
  const newest = rows.reduce((latest, { row }) => Math.max(latest, row.lastAt), 0)
  const found = await scope.batch(rows.map(({ parentId, row, id }) => lookStatement(store, parentId, row, newest, id)))
  for (const [index, { parentId }] of rows.entries()) {
    const [look] = found[index] ?? []
    if (look?.ahead) throw problems.invalid_request('A point lies more than a day in the future; nothing was stored.')
    if (!look?.parent) throw await absence(scope, store.parent, parentId, store.parentWord)
  }
  const fresh = rows
    .map((each, index) => ({ ...each, seriesIds: found[index]?.[0]?.seriesIds ?? [], known: found[index]?.[0]?.known }))
    .filter(({ known }) => known !== true)
  const points = fresh.reduce((sum, { row }) => sum + row.times.length, 0)
  if (points === 0) return { stored: 0 }

  const named = await takeSeries(scope, store, influx, fresh)
  let text = ''
  for (const { parentId, row, seriesIds } of named) {
    text += linesOf(scope, store, parentId, row, seriesIds)
    if (text.length < mostOfRequest) continue
    await influx.write(scope.context.tenantId, text)
    text = ''
  }
  if (text !== '') await influx.write(scope.context.tenantId, text)
  await rememberArrivals(scope, store, named)
  return { stored: points }
}

interface Look {
  readonly parent: boolean
  readonly ahead: boolean
  /** The lot was stored under its name before. */
  readonly known: boolean
  /** In the order of the row's series; null for one that is not there yet. */
  readonly seriesIds: readonly (string | null)[]
}

function lookStatement(
  store: PointStore,
  parentId: string,
  row: PackedRow,
  newest: number,
  id: string | undefined,
): SqlFragment<Look> {
  const { arrivals, series, parent } = tablesOf(store)
  return sql<Look>`select exists (select from ${sql.identifier(store.parent)} where id = ${parentId}::uuid) as parent,
      ${formatInstant(newest)}::timestamptz > tenantry.clock() + interval '1 day' as ahead,
      exists (select from ${arrivals} where id = ${id ?? null}::uuid) as known,
      (select array_agg(s.id order by named.place) from ${namesOf(row.series)}
        left join ${series} s on s.${parent} = ${parentId}::uuid and s.point_type = named.point_type and s.unit = named.unit and s.name = named.name
      ) as series_ids`
}

interface NewRow {
  readonly parentId: string
  readonly row: PackedRow
  readonly id: string | undefined
  readonly seriesIds: readonly (string | null)[]
}

/** Makes the series that are missing, all of them or none. */
async function takeSeries(
  scope: TenantScope,
  store: PointStore,
  influx: InfluxDatabase,
  rows: readonly NewRow[],
): Promise<(NewRow & { readonly seriesIds: readonly string[] })[]> {
  // In one order for everybody: two requests that make the same series do not wait for each other in a ring.
  const lacking = rows.filter(({ seriesIds }) => seriesIds.includes(null)).sort((a, b) => (a.parentId < b.parentId ? -1 : 1))
  const made = new Map<string, string>()
  const keyOf = (parentId: string, { pointType, unit, name }: SeriesName) => [parentId, pointType, unit, name].join('\0')
  if (lacking.length > 0) {
    await influx.ping()
    const statements = lacking.map(({ parentId, row, seriesIds }) =>
      makeStatement(
        store,
        parentId,
        row.series.filter((_, place) => seriesIds[place] === null),
      ),
    )
    const answers = await scope.batch(statements, { lane: 'write' })
    for (const [index, { parentId }] of lacking.entries()) {
      for (const each of answers[index] ?? []) made.set(keyOf(parentId, each), each.id)
    }
  }
  return rows.map((each) => ({
    ...each,
    seriesIds: each.row.series.map((name, place) => each.seriesIds[place] ?? (made.get(keyOf(each.parentId, name)) as string)),
  }))
}

interface MadeSeries extends SeriesName {
  readonly id: string
}

/** A series that another request made meanwhile is met in `on conflict`, whose empty update answers its id. */
function makeStatement(store: PointStore, parentId: string, names: readonly SeriesName[]): SqlFragment<MadeSeries> {
  const { series, parent } = tablesOf(store)
  return sql<MadeSeries>`with made as (
      insert into ${series} (${parent}, point_type, unit, name)
      select ${parentId}::uuid, named.point_type, named.unit, named.name from ${namesOf(names)} where true
      on conflict (tenant_id, ${parent}, point_type, unit, name) do update set unit = excluded.unit
      returning id, ${parent}, point_type, unit, name
    )
    select id, point_type, unit, name${tellSeries(store)} from made`
}

function namesOf(names: readonly SeriesName[]): SqlFragment {
  return sql`unnest(${names.map((each) => each.pointType)}::text[], ${names.map((each) => each.unit)}::text[], ${names.map((each) => each.name)}::text[])
    with ordinality as named (point_type, unit, name, place)`
}
