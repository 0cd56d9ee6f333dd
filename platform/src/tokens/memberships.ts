import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { MemberEntry } from '../directory/people-entries.ts'
import { problems } from '../problems/catalogue.ts'
import type { ProvedPerson } from './tokens.ts'

export interface Belonging {
  readonly tenant: TenantEntry
  readonly member: MemberEntry
}

/**
 * The person's live membership. A suspended tenant's members are let in here, and each route says what is left to them.
 *
 * @throws no_active_tenant
 */
export async function belongingTo(
  directory: Directory,
  person: Pick<ProvedPerson, 'id' | 'realmId'>,
  tenantId: string,
): Promise<Belonging> {
  const [tenant, member] = await Promise.all([directory.tenantById(tenantId), directory.member(tenantId, person.id)])
  if (tenant === undefined || member === undefined || tenant.realmId !== person.realmId || !isOpen(tenant)) {
    throw problems.no_active_tenant('You are no member of an active tenant here.')
  }
  return { tenant, member }
}

export function isOpen({ status }: TenantEntry): boolean {
  return status === 'active' || status === 'suspended'
}

/** The tenant that serves when none is named: the one preferred last, else the oldest membership. @throws no_active_tenant */
export async function servingTenant(directory: Directory, person: Pick<ProvedPerson, 'id' | 'realmId'>): Promise<string> {
  const memberships = await directory.membershipsOf(person.id)
  const serving = memberships.find(({ status, tenant }) => status === 'active' && tenant.realmId === person.realmId)
  if (serving === undefined) throw problems.no_active_tenant('You are no member of an active tenant here.')
  return serving.tenant.id
}
