import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { requireUuid } from '../../isolation/uuid.ts'
import { problems } from '../../problems/catalogue.ts'
import type { PackedRow } from '../packed-row.ts'
import type { PointStore } from '../point-store.ts'

/**
 * A packed row as line protocol in microseconds. The tags are ours: the tenant of the scope, the parent and the series by id, in the
 * alphabetical order that InfluxDB need not sort. `seriesIds` are in the order of the row's `series`.
 */
export function linesOf(
  scope: TenantScope,
  store: PointStore,
  parentId: string,
  row: PackedRow,
  seriesIds: readonly string[],
): string {
  const tenant = `tenant=${requireUuid(scope.context.tenantId, "scope's tenant id")}`
  const parent = `${store.parentWord}=${requireUuid(parentId, 'parent id')}`
  const heads = seriesIds.map((id) =>
    [store.points, ...[parent, `series=${requireUuid(id, 'series id')}`, tenant].sort()].join(','),
  )
  if (heads.length !== row.series.length) throw new TypeError('Each series of a row needs its id.')
  let text = ''
  for (let index = 0; index < row.times.length; index++) {
    const value = row.values[index] as number
    if (!Number.isFinite(value)) throw problems.invalid_request('A value is not a finite number; nothing was stored.')
    text += `${heads[(row.slots[index] as number) - 1]} value=${value} ${row.times[index]}\n`
  }
  return text
}
