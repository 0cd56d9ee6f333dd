import { bucketOfAddress } from '../access/address-bucket.ts'
import type { PersonPrincipal, Principal, TenantPrincipal } from '../access/principal.ts'
import type { BeforeAsking, Directory, Lookup } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'
import { isPromise } from '../http/eventual.ts'
import type { Identified, RequestFacts } from '../http/pipeline.ts'
import type { Route } from '../http/route.ts'
import type { SuspicionService } from '../notifications/suspicion.ts'
import { problems } from '../problems/catalogue.ts'
import type { HostMeaning, Hosts } from './hosts.ts'
import { type CookieOptions, personByCookie } from './identify-by-cookie.ts'
import type { Rates } from './rates.ts'
import type { Verifier } from './verifier.ts'

type Eventual<T> = T | Promise<T>
type Credential = Principal | 'wrong'

export interface IdentifyOptions extends CookieOptions {
  readonly hosts: Hosts
  readonly directory: Directory
  readonly verifier: Verifier
  readonly suspicion: Pick<SuspicionService, 'refusedTenant'>
  readonly rates: Rates
}

const stranger: Principal = { kind: 'public' }

/** One sentence for everything that is not there, is somebody else's, or is asked at the wrong door. */
export const nothingHere = () => problems.not_found('There is nothing here.')

/**
 * Who asks, about which tenant: the host's and the credential's must be the same, before any work is done for either.
 * Without the database, and without a turn of the event loop, when the directory knows both.
 */
export function createIdentify(options: IdentifyOptions): (facts: RequestFacts, route: Route) => Eventual<Identified> {
  return (facts, route) => {
    const meaning = options.hosts.meaningOf(facts.host.name)
    let asked = false
    // Once for both: were the second refused, nobody would listen to the first.
    const beforeAsking = () => {
      if (!asked) options.rates.guesses.take(bucketOfAddress(facts.address))
      asked = true
    }
    const hostTenant = tenantOf(meaning, options.directory, beforeAsking)
    // A public route does not ask who somebody is.
    const shown = route.permission === 'public' ? undefined : presented(facts, route)
    if (route.permission === 'person' && shown === undefined) return byCookie(options, facts, meaning, hostTenant)
    const credential = credentialOf(shown, options.verifier, beforeAsking)
    if (isPromise(hostTenant) || isPromise(credential)) {
      return Promise.all([hostTenant, credential]).then(([tenant, principal]) => {
        const inVain = principal === 'wrong' || (tenant === undefined && isTenantHost(meaning))
        if (asked && !inVain) options.rates.guesses.giveBack(bucketOfAddress(facts.address))
        return agree(options, facts, route, meaning, tenant, principal)
      })
    }
    return agree(options, facts, route, meaning, hostTenant, credential)
  }
}

function tenantOf(meaning: HostMeaning, directory: Directory, beforeAsking: BeforeAsking): Lookup<TenantEntry> {
  if (meaning.kind === 'tenant') return directory.tenantBySlug(meaning.slug, beforeAsking)
  if (meaning.kind === 'custom') return directory.tenantByHost(meaning.host, beforeAsking)
  return undefined
}

const unreadable = ''

/** The key or token that a request carries, if any. */
function presented({ headers: { authorization }, query }: RequestFacts, { protocol }: Route): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const none = authorization === undefined ? undefined : unreadable
  if (protocol === undefined) return bearer ?? none
  const all = new Set(protocol.credentials({ authorization, query }))
  if (bearer !== undefined) all.add(bearer)
  // Which of two counts must not be a matter of who reads them.
  return all.size > 1 ? unreadable : ([...all][0] ?? none)
}

function credentialOf(key: string | undefined, verifier: Verifier, beforeAsking: BeforeAsking): Eventual<Credential> {
  if (key === undefined) return stranger
  if (key === unreadable) return 'wrong'
  const principal = verifier.verify(key, beforeAsking)
  if (isPromise(principal)) return principal.then((known) => known ?? 'wrong')
  return principal ?? 'wrong'
}

function agree(
  options: IdentifyOptions,
  facts: RequestFacts,
  route: Route,
  meaning: HostMeaning,
  hostTenant: TenantEntry | undefined,
  credential: Credential,
): Eventual<Identified> {
  refuseOtherRestatement(facts, hostTenant)
  const origin = options.hosts.originOf(facts.host.name)
  if (route.permission === 'public') {
    // An unknown host is not one of ours: links must not carry its name.
    return { tenant: hostTenant, principal: stranger, origin: hostTenant || meaning.kind !== 'custom' ? origin : '' }
  }
  refuseOtherHosts(route, meaning, hostTenant)
  // A key is no person, and an operator's is none either.
  const counts = credential !== 'wrong' && (route.permission !== 'person' || credential.kind === 'member')
  if (!counts || credential.kind === 'public') throw unknown(options, facts)
  if (credential.kind === 'operator') {
    if (meaning.kind !== 'operators') throw nothingHere()
    return { tenant: undefined, principal: credential, origin }
  }
  if (meaning.kind === 'operators') throw nothingHere()
  if (credential.kind === 'person') throw unknown(options, facts)
  if (hostTenant !== undefined && hostTenant.id !== credential.tenantId) {
    // Told to whom the credential belongs: whoever has it is where he should not be.
    options.suspicion.refusedTenant(credential.tenantId)
    throw nothingHere()
  }
  if (route.permission === 'person') return { tenant: hostTenant, principal: personOf(credential), origin }
  if (hostTenant !== undefined) return { tenant: hostTenant, principal: credential, origin }
  const named = options.directory.tenantById(credential.tenantId)
  if (isPromise(named)) return named.then((tenant) => ofCredential(tenant, credential, origin))
  return ofCredential(named, credential, origin)
}

/** Operators' routes are on their host and nowhere else; a tenant's on hosts of tenants and of credentials; persons are at home everywhere. */
function refuseOtherHosts(route: Route, meaning: HostMeaning, hostTenant: TenantEntry | undefined): void {
  if (meaning.kind === 'public' || (isTenantHost(meaning) && hostTenant === undefined)) throw nothingHere()
  if (route.permission === 'person') return
  if (meaning.kind === 'base' || (route.permission === 'operator') !== (meaning.kind === 'operators')) throw nothingHere()
}

/** Guessing keys is slow. */
function unknown({ rates }: IdentifyOptions, facts: RequestFacts): Error {
  rates.strangers.take(bucketOfAddress(facts.address))
  return problems.unauthenticated('This address needs a valid credential.')
}

/** What concerns the person himself nobody does in his name. */
function personOf({ person }: TenantPrincipal): PersonPrincipal {
  if (person === undefined) throw problems.forbidden('An operator who acts as a member is not that person.')
  return person
}

async function byCookie(
  options: IdentifyOptions,
  facts: RequestFacts,
  meaning: HostMeaning,
  lookup: Lookup<TenantEntry>,
): Promise<Identified> {
  const tenant = await lookup
  refuseOtherRestatement(facts, tenant)
  if (meaning.kind === 'public' || (isTenantHost(meaning) && tenant === undefined)) throw nothingHere()
  const origin = options.hosts.originOf(facts.host.name)
  const principal = await personByCookie(options, facts, { meaning, tenant, origin })
  if (principal === undefined) throw unknown(options, facts)
  return { tenant, principal, origin }
}

function isTenantHost(meaning: HostMeaning): boolean {
  return meaning.kind === 'tenant' || meaning.kind === 'custom'
}

function ofCredential(tenant: TenantEntry | undefined, principal: Principal, origin: string): Identified {
  if (tenant === undefined) throw nothingHere()
  return { tenant, principal, origin }
}

/** BMS-8: what a configured proxy says may restate the tenant of the host, and never name another one. */
function refuseOtherRestatement({ restatedTenant }: RequestFacts, hostTenant: TenantEntry | undefined): void {
  if (restatedTenant !== undefined && restatedTenant !== hostTenant?.id && restatedTenant !== hostTenant?.slug)
    throw nothingHere()
}
