import type { TenantEntry } from '../directory/entries.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Member } from '../members/member.ts'
import { commandLine } from './command-line-actor.ts'
import { findTenant } from './find-tenant.ts'
import type { OpenServices } from './open-services.ts'
import { Refusal } from './refusal.ts'

/** A tenant by slug or id, with a scope in it whose audit names who types. @throws Refusal `not_found` */
export async function insideTenant(
  { directory, scope }: Pick<OpenServices, 'directory' | 'scope'>,
  slugOrId: string,
): Promise<{ readonly tenant: TenantEntry; readonly inside: TenantScope }> {
  const tenant = await findTenant(directory, slugOrId)
  const { actor, origin } = commandLine
  return { tenant, inside: scope({ tenantId: tenant.id, actor, ...(origin === undefined ? {} : { origin }) }) }
}

/** A member by address or id. @throws Refusal `not_found` */
export async function findMember(
  { services }: Pick<OpenServices, 'services'>,
  inside: TenantScope,
  addressOrId: string,
): Promise<Member> {
  if (!addressOrId.includes('@')) return services.members.read(inside, addressOrId)
  const address = addressOrId.toLowerCase()
  const found = await services.members.list(inside, { search: address }, { limit: 200 })
  const member = found.find(({ email }) => email === address)
  if (member === undefined) throw new Refusal('not_found', `Nobody with the address "${addressOrId}" is a member.`)
  return member
}
