import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import { Refusal } from './refusal.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** By slug or id. @throws Refusal `not_found` */
export async function findTenant(directory: Directory, slugOrId: string): Promise<TenantEntry> {
  const isId = uuid.test(slugOrId)
  const tenant = await (isId ? directory.tenantById(slugOrId.toLowerCase()) : directory.tenantBySlug(slugOrId))
  if (tenant === undefined) throw new Refusal('not_found', `There is no tenant "${slugOrId}".`)
  return tenant
}
