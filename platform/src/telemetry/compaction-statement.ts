import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { type PointStore, pointsPerRow } from './point-store.ts'
import { tablesOf } from './point-tables.ts'

export interface CompactionSpan {
  /** RFC 3339; the span is half-open. */
  readonly from: string
  readonly to: string
  /** Only rows received before are taken: what is received later wins over the chunks. */
  readonly receivedBefore: string
}

/**
 * Packs a span of a parent anew: its points sorted by series and time, those that count, of series that are still there, in rows as
 * full as may be. One statement, so that whoever dies or reads sees all of the old rows or all of the new ones.
 *
 * Every row of the span that was received in time is taken, full ones too: a chunk bears the time at which the last of them was
 * received, and must not win over a row that it left out. What a row has outside of the span stays in it.
 */
export function compactionStatement(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  { from, to, receivedBefore }: CompactionSpan,
): SqlFragment<{ taken: number; made: number }> {
  const { points, series, parent } = tablesOf(store)
  const inside = sql`at >= ${from}::timestamptz and at < ${to}::timestamptz`
  return sql<{ taken: number; made: number }>`with taken as (
      delete from ${points} p
      where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid and p.last_at >= ${from}::timestamptz
        and p.first_at < ${to}::timestamptz and p.received_at < ${receivedBefore}::timestamptz
      returning p.id, p.chunk_of, p.received_at, p.rising, p.series, p.slots, p.times, p."values"
    ),
    unpacked as materialized (
      select taken.id, taken.received_at, taken.series[point.slot] as series_id, point.slot, point.at, point.value, point.place
      from taken cross join unnest(taken.slots, taken.times, taken."values") with ordinality as point (slot, at, value, place)
    ),
    kept as (
      select distinct on (series_id, at) series_id, at, value from unpacked
      where ${inside} and series_id in (
        select s.id from ${series} s where ${ownRows(scope, undefined, 's')} and s.${parent} = ${parentId}::uuid)
      order by series_id, at, received_at desc, id desc, place desc
    ),
    numbered as (select *, (row_number() over (order by series_id, at) - 1) / ${pointsPerRow}::int as chunk from kept),
    placed as (select *, dense_rank() over (partition by chunk order by series_id)::smallint as slot from numbered),
    this as materialized (select tenantry.uuid7() as id),
    packed as (
      select tenantry.uuid7() as id, (select id from this) as chunk_of, (select max(received_at) from taken) as received_at, min(at) as first_at, max(at) as last_at, true as rising,
        array_agg(distinct series_id order by series_id) as series, array_agg(slot order by series_id, at) as slots,
        array_agg(at order by series_id, at) as times, array_agg(value order by series_id, at) as "values"
      from placed group by chunk
      union all
      select taken.id, taken.chunk_of, taken.received_at, min(at), max(at), taken.rising, taken.series, array_agg(slot order by place),
        array_agg(at order by place), array_agg(value order by place)
      from taken join unpacked using (id) where not (${inside}) group by taken.id, taken.chunk_of, taken.received_at, taken.rising, taken.series
    ),
    stored as (
      insert into ${points} (id, ${parent}, chunk_of, received_at, first_at, last_at, rising, series, slots, times, "values")
      select id, ${parentId}::uuid, chunk_of, received_at, first_at, last_at, rising, series, slots, times, "values" from packed returning id
    )
    select (select count(*)::int from taken) as taken, (select count(*)::int from stored) as made`
}
