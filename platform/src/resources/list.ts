import type { Position } from '../http/page.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { type AnyResource, column, publicColumns, type ResourceRow } from './columns.ts'
import { ownRows } from './own-rows.ts'

export interface Sort {
  readonly field: string
  readonly descending: boolean
}

/** A page by keyset: it begins where the last one ended, so it costs the same on the first page and on the thousandth. */
export function listStatement(
  scope: TenantScope,
  resource: AnyResource,
  sort: Sort,
  conditions: readonly SqlFragment[],
  after: Position | undefined,
  limit: number,
): SqlFragment<ResourceRow> {
  const sorted = column(sort.field, 't')
  const direction = sort.descending ? sql`desc` : sql`asc`
  const beyond = sort.descending ? sql`<` : sql`>`
  const position =
    after &&
    (sort.field === 'id'
      ? sql`t.id ${beyond} ${after.id}::uuid`
      : sql`(${sorted}, t.id) ${beyond} (${after.values[0]}, ${after.id}::uuid)`)
  const order = sort.field === 'id' ? sql`t.id ${direction}` : sql`${sorted} ${direction}, t.id ${direction}`
  return sql<ResourceRow>`select ${publicColumns(resource, 't')} from ${sql.identifier(resource.table)} t
    where ${sql.join([ownRows(scope, resource.grantedBy, 't'), ...conditions, ...(position ? [position] : [])], ' and ')}
    order by ${order} limit ${limit}`
}
