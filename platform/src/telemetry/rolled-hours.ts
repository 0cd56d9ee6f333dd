import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { hourOf, instantLiteral } from './quarters.ts'

/** The whole hours of a span, which stand in for their quarters. */
export interface HourSpan {
  readonly start: number
  readonly end: number
}

/** `stale_hours`, those with a quarter that is out of date: for a statement that has made `stale (series_id, bucket)`. */
export function staleHours({ start, end }: HourSpan): SqlFragment {
  return sql`stale_hours as materialized (
      select distinct series_id, ${hourOf(sql`bucket`)} as at from stale
      where bucket >= ${instantLiteral(start)} and bucket < ${instantLiteral(end)}
    ),`
}

/** Of each series the spans in which quarters are read: stale hours and what lies outside of whole ones; without hours all of it. */
export function quarteredSpans(span: { readonly start: number; readonly end: number }, hours: HourSpan | undefined): SqlFragment {
  const whole = (start: number, end: number) => sql`select id, ${instantLiteral(start)}, ${instantLiteral(end)} from wanted`
  if (hours === undefined) return whole(span.start, span.end)
  const edges = [
    { start: span.start, end: hours.start },
    { start: hours.end, end: span.end },
  ].filter(({ start, end }) => start < end)
  return sql.join(
    [sql`select series_id, at, at + interval '1 hour' from stale_hours`, ...edges.map(({ start, end }) => whole(start, end))],
    ' union all ',
  )
}

/** The hours that are up to date, as parts. */
export function freshHours(scope: TenantScope, store: PointStore, { start, end }: HourSpan): SqlFragment {
  return sql`select series_id, at, count, nullif(sum, 'NaN') as sum, min, max, last from (
        select h.series_id, h.day::timestamp at time zone 'UTC' + generate_series(0, 23) * interval '1 hour' as at, unnest(h.counts) as count,
          unnest(h.sums) as sum, unnest(h.mins) as min, unnest(h.maxs) as max, unnest(h.lasts) as last
        from wanted cross join lateral (
          select h.* from ${tablesOf(store).hours} h
          where ${ownRows(scope, undefined, 'h')} and h.series_id = wanted.id
            and h.day >= (${instantLiteral(start)} at time zone 'UTC')::date and h.day <= (${instantLiteral(end)} at time zone 'UTC')::date
          offset 0
        ) h
      ) unpacked
      where count > 0 and at >= ${instantLiteral(start)} and at < ${instantLiteral(end)}
        and (series_id, at) not in (select stale_hours.series_id, stale_hours.at from stale_hours)`
}
