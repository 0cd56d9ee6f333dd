import { boot } from '../boot.ts'
import { get, post } from './send.ts'

/** Goes there without a way back to here: what was typed is done with. Never settles. */
export function leaveFor(address: string): Promise<never> {
  location.replace(address)
  return new Promise(() => {})
}

export type OwnTenant = Awaited<ReturnType<typeof get<'/v1/me/tenants'>>>['items'][number]

/** On a host of its own there is nothing to choose. */
export const isBareDomain = boot.entry === 'sign-in' && boot.tenant === undefined && !location.hostname.startsWith('dashboard.')
export const isOperators = boot.tenant === undefined && location.hostname.startsWith('dashboard.')

/** Tenants that somebody who has signed in here can go to. */
export async function openTenants(): Promise<readonly OwnTenant[]> {
  const { items } = await get('/v1/me/tenants')
  return items.filter(({ status }) => status === 'active' || status === 'suspended')
}

/** To a tenant's own host, by a link that is good once. */
export async function goToTenant(tenantId: string): Promise<never> {
  const { url } = await post('/v1/me/tenant', { tenantId })
  return leaveFor(url ?? '/')
}
