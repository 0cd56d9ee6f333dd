import type { Pool } from 'pg'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry, TenantStatus } from '../directory/entries.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { allowedFrom, transitions } from './lifecycle.ts'

/** A tenant, those directly below it, and those below them. */
export const mostLevels = 3

/**
 * The tenants above one, the nearest first. Whoever is out of reach, archived or erased, ends the row: nothing comes from there or
 * from above it.
 */
export async function tenantsAbove(
  directory: Pick<Directory, 'tenantById'>,
  { id, parentId }: Pick<TenantEntry, 'id' | 'parentId'>,
): Promise<TenantEntry[]> {
  const above: TenantEntry[] = []
  for (let next = parentId; next !== undefined && next !== id && above.length < mostLevels - 1; ) {
    const parent = await directory.tenantById(next)
    if (parent === undefined || !canBeParent(parent)) break
    above.push(parent)
    next = parent.parentId
  }
  return above
}

function canBeParent({ status }: TenantEntry): boolean {
  return status === 'active' || status === 'suspended'
}

/**
 * Held to the end of the transaction by whoever changes who is below whom, and read behind it: of two who would each put one's
 * tenant below the other's, or archive a parent that gets a child, the second sees what the first did.
 */
const lockParents: SqlFragment = sql`select pg_advisory_xact_lock(hashtextextended('tenantry.parents', 7463))`

/**
 * Does `work` in a transaction in which the tenant of the slug is there to be `child`'s parent; null for none. `child` is undefined
 * for a tenant that is yet to be made.
 *
 * @throws invalid_request for a parent that is not there, is below the child itself, or makes too many levels
 */
export function underParent<T>(
  pool: Pool,
  scope: TenantScope,
  { parent, child }: { readonly parent: string | null; readonly child?: string },
  work: (inner: TenantScope, parentId: string | null) => Promise<T>,
): Promise<T> {
  return scope.transaction(async (inner) => {
    await inner.run(lockParents, { lane: 'write' })
    return work(inner, parent === null ? null : await requireParent(pool, parent, child))
  })
}

/** Asks across tenants, as operators may. */
async function requireParent(pool: Pool, slug: string, child: string | undefined): Promise<string> {
  const { rows } = await pool.query<{ parentId: string | null; above: number; below: number; isBelow: boolean }>({
    text: `with recursive above as (
             select t.id, t.parent_id, 1 as level from tenantry.tenants t where t.slug = $1 and t.status in ('active', 'suspended')
             union all select p.id, p.parent_id, a.level + 1 from above a join tenantry.tenants p on p.id = a.parent_id where a.level <= $3),
           below as (
             select t.id, 1 as level from tenantry.tenants t where t.parent_id = $2
             union all select c.id, b.level + 1 from below b join tenantry.tenants c on c.parent_id = b.id where b.level <= $3)
           select (select a.id from above a where a.level = 1) as "parentId", (select count(*)::int from above) as above,
                  coalesce((select max(b.level) from below b), 0) as below, exists (select from above a where a.id = $2) as "isBelow"`,
    values: [slug, child ?? null, mostLevels],
  })
  const [found] = rows
  if (found?.parentId == null) throw refused('There is no such tenant in use.')
  if (found.isBelow) throw refused('It is the tenant itself, or below it.')
  if (found.above + 1 + found.below > mostLevels) throw refused(`There are at most ${mostLevels} levels of tenants.`)
  return found.parentId
}

function refused(message: string) {
  return problems.invalid_request(`This parent is not possible. ${message}`, {
    errors: [{ in: 'body', pointer: '/parent', message }],
  })
}

/** In the transaction that takes a tenant out of reach. @throws lifecycle_conflict while there are others below it */
export async function requireNoChildren(pool: Pool, scope: TenantScope, name: 'archive' | 'erase'): Promise<void> {
  await scope.run(lockParents, { lane: 'write' })
  const { rows } = await pool.query<{ status: TenantStatus; children: number }>({
    text: `select t.status, (select count(*)::int from tenantry.tenants c where c.parent_id = t.id and c.status <> 'deleted') as children
             from tenantry.tenants t where t.id = $1`,
    values: [scope.context.tenantId],
  })
  const [found] = rows
  if (found === undefined || found.children === 0) return
  const { status, children } = found
  const told = children === 1 ? 'There is 1 tenant' : `There are ${children} tenants`
  const allowed = allowedFrom(status).filter((other) => other !== 'archive' && other !== 'erase')
  const members = { status, allowed, children }
  throw problems.lifecycle_conflict(
    `${told} below this one; it can be ${transitions[name].event} once they are elsewhere.`,
    members,
  )
}
