import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { Problem } from '../problems/problem.ts'

/**
 * Whether an object that the scope cannot see exists in its tenant all the same, because the actor was not granted it.
 * Asked on the not-found path only. Another tenant's object is absent, like one that never was.
 */
export async function isHidden(scope: TenantScope, table: string, id: string): Promise<boolean> {
  if (scope.context.reach === 'all') return false
  const row = await scope.first(
    sql<{ hidden: boolean }>`select tenantry.object_exists(${table}::text::regclass, ${id}::uuid) as hidden`,
  )
  return row?.hidden === true
}

/** Whether the scope sees the object: it is the tenant's own and within reach. */
export async function isVisible(scope: TenantScope, table: string, id: string): Promise<boolean> {
  return (await scope.first(sql`select id from ${sql.identifier(table)} where id = ${id}::uuid`)) !== undefined
}

/** The refusal for an object that did not show up: 403 naming it when it was not granted, otherwise 404. */
export async function absence(scope: TenantScope, table: string, id: string, word: string): Promise<Problem> {
  return (await isHidden(scope, table, id))
    ? problems.object_not_granted(`This ${word} was not granted to you.`, { objectId: id })
    : problems.not_found(`There is no such ${word}.`, { objectId: id })
}
