import { bucketOfAddress } from '../access/address-bucket.ts'
import { leaseRateIn } from '../access/lease-rate.ts'
import type { Principal, TenantPrincipal } from '../access/principal.ts'
import { RateBuckets } from '../access/rate-bucket.ts'
import { perHour, perSecond } from '../access/rate-limit.ts'
import { SharedRates, withShared } from '../access/shared-rates.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { TenantEntry } from '../directory/entries.ts'
import type { Identified, Outcome, RateState } from '../http/pipeline.ts'
import type { RequestInfo, Route } from '../http/route.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'

/** The limit of a plan, of kind `rate`, that says how many calls a minute the keys of a tenant may make, over all nodes. */
export const callsPerMinute = 'api_calls_per_minute'
const secondsPerMinute = 60

type RateConfiguration = Pick<Configuration, 'tenantRate' | 'keyRate' | 'personRate' | 'addressRate' | 'lookUpRate'>

/** Every rate of a server. Buckets are of this node but for the plan's, which nodes share. */
export class Rates {
  /** By address: requests without a credential, and with one that is none. */
  readonly strangers: RateBuckets
  /** By address: names and keys that the database has to be asked for, unless it has them. All tenants' look-ups go there. */
  readonly guesses: RateBuckets
  readonly #published: RateBuckets
  readonly #keys: RateBuckets
  readonly #persons: RateBuckets
  /** What protects this node and the other tenants, whatever a plan says. */
  readonly #ceiling: RateBuckets
  readonly #plan: SharedRates

  constructor(configuration: RateConfiguration, scope: (options: ScopeOptions) => TenantScope) {
    const { tenantRate, keyRate, personRate, addressRate, lookUpRate } = configuration
    this.strangers = new RateBuckets('address', perHour(addressRate))
    this.guesses = new RateBuckets('address', perSecond(lookUpRate))
    this.#published = new RateBuckets('address', perSecond(lookUpRate))
    this.#keys = new RateBuckets('key', perHour(keyRate))
    this.#persons = new RateBuckets('person', perSecond(personRate))
    this.#ceiling = new RateBuckets('tenant', perSecond(tenantRate))
    const lease = leaseRateIn(scope, callsPerMinute, secondsPerMinute)
    this.#plan = new SharedRates({ policy: 'tenant', lease, window: secondsPerMinute })
  }

  /** @throws rate_limited */
  takeOfAddress({ addressRate }: Route, address: string): readonly RateState[] {
    const buckets = addressRate === 'published' ? this.#published : this.strangers
    return [buckets.take(bucketOfAddress(address))]
  }

  /** Of somebody who is signed in and asks in no tenant's name. @throws rate_limited */
  takeOfPerson(id: string): readonly RateState[] {
    return [this.#persons.take(id)]
  }

  /** His own first: what the tenant then refuses, he gets back. @throws rate_limited */
  takeOfTenant(tenant: TenantEntry, principal: TenantPrincipal): readonly RateState[] | Promise<readonly RateState[]> {
    const own = this.#bucketsOf(principal).take(principal.id, principal.rate)
    const giveBack = (error: unknown): never => {
      this.#bucketsOf(principal).giveBack(principal.id, principal.rate)
      throw error
    }
    try {
      const ceiling = this.#ceiling.take(tenant.id)
      const planned = plannedFor(tenant, principal)
      if (planned === undefined) return [own, ceiling]
      const states = withShared([own], this.#plan.take(tenant.id, planned))
      return states instanceof Promise ? states.catch(giveBack) : states
    } catch (error) {
      return giveBack(error)
    }
  }

  /** What costs nothing in the end: a call that a quota refused, and one with a credential in its body that was right. */
  settle(
    { addressRate }: Route,
    { tenant, principal }: Identified,
    { address }: RequestInfo,
    { status, problem }: Outcome,
  ): void {
    if (addressRate === 'refused' && status < 400) this.strangers.giveBack(bucketOfAddress(address))
    if (problem !== 'quota_exceeded' || tenant === undefined || !isOfTenant(principal)) return
    this.#bucketsOf(principal).giveBack(principal.id, principal.rate)
    if (plannedFor(tenant, principal) !== undefined) this.#plan.giveBack(tenant.id)
  }

  #bucketsOf({ kind }: TenantPrincipal): RateBuckets {
    return kind === 'key' ? this.#keys : this.#persons
  }
}

/** Calls a minute that the plan gives; undefined where it says nothing of it, or counts no such call: portals are not programs. */
function plannedFor(tenant: TenantEntry, { kind }: TenantPrincipal): number | undefined {
  return kind === 'key' ? (tenant.limits.get(callsPerMinute) ?? undefined) : undefined
}

function isOfTenant(principal: Principal): principal is TenantPrincipal {
  return principal.kind === 'key' || principal.kind === 'member'
}
