import { bucketOfAddress } from '../access/address-bucket.ts'
import type { PersonPrincipal } from '../access/principal.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { RequestFacts } from '../http/pipeline.ts'
import type { IdentityService } from '../identity/identity.ts'
import { operatorsRealm, sharedRealm } from '../identity/realms.ts'
import { problems } from '../problems/catalogue.ts'
import type { HostMeaning } from './hosts.ts'
import type { Rates } from './rates.ts'

export interface CookieOptions {
  readonly identity: Pick<IdentityService, 'personOfCookie'>
  readonly rates: Rates
}

/** Where a cookie was sent to. */
export interface CookieDoor {
  readonly meaning: HostMeaning
  readonly tenant: TenantEntry | undefined
  readonly origin: string
}

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS'])
/** A page of this same origin, or nobody's page: an address that somebody typed. */
const ownSite = new Set(['same-origin', 'none'])

/**
 * The person whose session the cookie holds. Asked on routes of persons only, so that no page elsewhere can use a browser's
 * cookie for anything else.
 *
 * @throws cross_site
 */
export async function personByCookie(
  { identity, rates: { guesses } }: CookieOptions,
  facts: RequestFacts,
  { meaning, tenant, origin }: CookieDoor,
): Promise<PersonPrincipal | undefined> {
  const { cookie } = facts.headers
  if (cookie === undefined) return undefined
  refuseOtherSites(facts, origin)
  guesses.take(bucketOfAddress(facts.address))
  const realmId = tenant?.realmId ?? (meaning.kind === 'operators' ? operatorsRealm : sharedRealm)
  const person = await identity.personOfCookie(cookie, { host: facts.host.name, realmId, tenantId: tenant?.id })
  if (person !== undefined) guesses.giveBack(bucketOfAddress(facts.address))
  return person
}

function refuseOtherSites({ method, headers }: RequestFacts, own: string): void {
  if (changesNothing.has(method)) return
  const { origin } = headers
  if (origin === undefined ? ownSite.has(String(headers['sec-fetch-site'])) : origin === own) return
  throw problems.cross_site('This request came from another site.')
}
