import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { grantable } from './key-queries.ts'

/** Every id is looked up in the caller's own scope, so a foreign one and one that never was are the same. @throws not_found */
export async function requireGrantable(scope: TenantScope, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const known = await grantable(scope, ids)
  if (ids.some((id) => !known.has(id))) throw problems.not_found('One of the objects to be granted does not exist.')
}
