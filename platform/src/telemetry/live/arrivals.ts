import { type SqlFragment, sql } from '../../isolation/statement.ts'
import { readBlock } from '../point-block.ts'
import type { PointRun } from '../point-runs.ts'
import { mostToldSingly, type OpenPointStore } from '../point-store.ts'
import { tablesOf } from '../point-tables.ts'

/** A packed row as it arrived. `series` has no key for one that was deleted. */
export interface Arrival {
  readonly id: string
  readonly parentId: string
  /** Microseconds since 1970, by the database's clock, before it was committed. */
  readonly receivedAt: number
  readonly firstAt: string
  readonly lastAt: string
  readonly count: number
  /** Null for a lot too large to be told point by point. */
  readonly points: ArrivedPoints | null
}

export interface ArrivedPoints {
  readonly series: Readonly<Record<string, { readonly pointType: string; readonly unit: string; readonly name: string }>>
  readonly seriesIds: readonly string[]
  /** In the places of `seriesIds`. */
  readonly runs: readonly PointRun[]
}

/**
 * Seconds that a row may be on its way: its time of receipt is set before its transaction commits, and an upload of a million
 * points is one transaction. What was received before is visible.
 */
export const longestOnItsWay = 60

interface ArrivalRow extends Omit<Arrival, 'points'> {
  readonly series: ArrivedPoints['series'] | null
  readonly seriesIds: ArrivedPoints['seriesIds'] | null
  readonly block: Buffer | null
}

/**
 * Rows of some parents that were received after a time and are not among those told already, the earliest first. Needs the
 * index (tenant_id, parent column, received_at). No tenant is named: the policies hold it, and the plan stays prepared.
 */
export function arrivalsStatement(
  store: OpenPointStore,
  parentIds: readonly string[],
  after: SqlFragment,
  told: readonly string[],
  limit: number,
): SqlFragment<ArrivalRow> {
  const parent = sql.identifier('p', store.parentColumn)
  const { points, arrivals } = tablesOf(store)
  const few = sql`p.count <= ${mostToldSingly}::int`
  return sql<ArrivalRow>`select p.id, ${parent} as parent_id, (extract(epoch from p.received_at) * 1000000)::int8 as received_at,
      p.first_at, p.last_at, p.count, case when ${few} then p.series end as series_ids, case when ${few} then p.block end as block,
      case when ${few} then (
        select jsonb_object_agg(s.id, jsonb_build_object('pointType', s.point_type, 'unit', s.unit, 'name', s.name))
        from ${sql.identifier(store.series)} s where s.id = any(p.series)) end as series
    from ${store.influx === undefined ? points : arrivals} p
    where ${parent} = any(${parentIds}::uuid[]) and p.received_at > ${after} and not p.id = any(${told}::uuid[])
    order by p.received_at, p.id limit ${limit}::int`
}

export function readArrival({ series, seriesIds, block, ...about }: ArrivalRow): Arrival {
  if (seriesIds === null || block === null) return { ...about, points: null }
  return { ...about, points: { series: series ?? {}, seriesIds, runs: readBlock(block, seriesIds) } }
}
