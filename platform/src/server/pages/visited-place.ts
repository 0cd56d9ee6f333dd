import { hasPages } from '../../branding/shown-brand.ts'
import type { Directory } from '../../directory/directory.ts'
import type { TenantEntry } from '../../directory/entries.ts'
import type { RequestFacts } from '../../http/pipeline.ts'
import type { Hosts } from '../hosts.ts'
import type { Entry } from './built-console.ts'

/** Where links of mails and of the console lead to sign in, on whichever host. */
const signInPaths = new Set(['/sign-in', '/sign-up', '/reset-password', '/verify-email', '/invitation', '/hand-off'])
/** The invitation of an operator: see `acceptUrl`. */
const operatorPath = '/operators/accept'

export type Place =
  | { readonly kind: 'nothing' }
  /** `www.` is the bare domain: cookies and passkeys are of one host. */
  | { readonly kind: 'elsewhere'; readonly origin: string }
  /** Of a blocked tenant, on every address of its. */
  | { readonly kind: 'suspended'; readonly tenant: TenantEntry }
  | { readonly kind: 'page'; readonly entry: Entry; readonly tenant: TenantEntry | undefined }

const nothing: Place = { kind: 'nothing' }

/** Which page an address is. Of a tenant that is archived there is no more to see than of one that never was. */
export async function placeOf(
  { hosts, directory }: { readonly hosts: Hosts; readonly directory: Directory },
  { host: { name } }: Pick<RequestFacts, 'host'>,
  path: string,
  beforeAsking?: () => void,
): Promise<Place> {
  const meaning = hosts.meaningOf(name)
  switch (meaning.kind) {
    case 'tenant':
      return ofTenant(await directory.tenantBySlug(meaning.slug, beforeAsking), path)
    case 'custom':
      return ofTenant(await directory.tenantByHost(meaning.host, beforeAsking), path)
    case 'operators':
      return page(signInPaths.has(path) || path === operatorPath ? 'sign-in' : 'operator', undefined)
    case 'base':
    case 'api':
      if (name.startsWith('www.')) return { kind: 'elsewhere', origin: hosts.ownOrigin('base') }
      // `api.` is for programs; the machine's own names are the bare domain of whoever tries the platform out.
      if (name.startsWith('api.')) return nothing
      return path === '/' || signInPaths.has(path) ? page('sign-in', undefined) : nothing
    case 'public':
      return nothing
  }
}

function ofTenant(tenant: TenantEntry | undefined, path: string): Place {
  if (tenant === undefined || !hasPages(tenant)) return nothing
  if (tenant.suspension === 'blocked') return { kind: 'suspended', tenant }
  return page(signInPaths.has(path) ? 'sign-in' : 'portal', tenant)
}

function page(entry: Entry, tenant: TenantEntry | undefined): Place {
  return { kind: 'page', entry, tenant }
}
