import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { PointStore } from './point-store.ts'

/** A column that tells of what `made` made: a series that points made is as new to subscribers as one that somebody created. */
export function tellSeries(store: PointStore): SqlFragment {
  if (store.seriesEvent === undefined) return sql``
  const parent = store.parentColumn.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return sql`, (select count(tenantry.emit(${store.seriesEvent}, made.id, jsonb_build_object(
    'id', made.id, ${parent}::text, made.${sql.identifier(store.parentColumn)}, 'pointType', made.point_type, 'unit', made.unit, 'name', made.name))) from made) as told`
}
