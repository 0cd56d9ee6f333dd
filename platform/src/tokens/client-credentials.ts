import { requireStatus } from '../access/guards.ts'
import { RateBuckets } from '../access/rate-bucket.ts'
import { perHour } from '../access/rate-limit.ts'
import { requireAddress } from '../access/require-address.ts'
import type { Directory } from '../directory/directory.ts'
import type { KeyEntry, TenantEntry } from '../directory/entries.ts'
import { KeyVerifier } from '../keys/key-verifier.ts'
import { problems } from '../problems/catalogue.ts'
import type { SystemDefinition } from '../system.ts'
import { ownAudience } from './access-token.ts'
import { signKeyToken } from './key-token.ts'
import { usualMinutes } from './minter.ts'
import type { SigningKeys } from './signing-keys.ts'
import { type TokenRequest, wrongClient } from './token-request.ts'
import type { Asking, TokenHosts } from './tokens.ts'

/** What a key was exchanged for. */
export interface KeyToken {
  readonly accessToken: string
  /** Seconds. */
  readonly expiresIn: number
  readonly scope: readonly string[]
}

export interface ClientCredentialService {
  /**
   * OAuth 2.0 client credentials: a short token of the key's tenant, for some of what the key may, at this API or at one service
   * that the tenant's system names. The client id is the key's public id, the secret the whole key. At this API the token is over
   * as soon as the key is.
   *
   * @throws unauthenticated for whatever is no live key of the host's tenant, invalid_scope, invalid_audience, tenant_suspended,
   * address_not_allowed, rate_limited, not_configured without a master key
   * @example
   * const { accessToken } = await services.clientCredentials.exchange(
   *   { clientId: key.publicId, clientSecret: credential, scope: ['keys:read'], audience: undefined }, undefined, request)
   */
  exchange(request: TokenRequest, hostTenantId: string | undefined, asking: Asking): Promise<KeyToken>
}

declare module '../http/route.ts' {
  interface Services {
    readonly clientCredentials: ClientCredentialService
  }
}

export interface ClientCredentialOptions {
  readonly directory: Directory
  readonly systems: readonly SystemDefinition[]
  readonly signingKeys: SigningKeys
  readonly hosts: TokenHosts
}

/** Of one key to one node: a token lasts a quarter of an hour, and a signature costs a hundred requests. */
const exchangesPerHour = 600

export function createClientCredentialService(options: ClientCredentialOptions): ClientCredentialService {
  const { directory, systems, signingKeys, hosts } = options
  const verifier = new KeyVerifier(directory)
  const exchanges = new RateBuckets('key', perHour(exchangesPerHour))

  return {
    async exchange({ clientId, clientSecret, scope, audience }, hostTenantId, asking) {
      if (!hosts.isIssuer(asking.origin)) throw problems.not_found('There is nothing here.')
      const principal = await verifier.verify(clientSecret)
      if (principal?.kind !== 'key') throw wrongClient()
      const [tenant, key] = [await directory.tenantById(principal.tenantId), await directory.key(clientId)]
      if (tenant === undefined || key?.id !== principal.id || isElsewhere(tenant, hostTenantId)) throw wrongClient()
      requireAddress(tenant, principal, asking.address)
      requireStatus(tenant, { method: 'POST' })
      exchanges.take(key.id)
      const system = systems.find(({ name }) => name === tenant.system)
      if (audience !== undefined && !audiencesOf(system).includes(audience)) {
        throw problems.invalid_audience('No service of that name takes tokens here.', { audiences: audiencesOf(system) })
      }
      const granted = scopeOf(key, scope)
      const now = directory.clock()
      const lifetime = lifetimeOf(key, (system?.tokenMinutes ?? usualMinutes) * 60, now)
      const parts = { tenant, key, scope: granted, audience, origin: asking.origin, now, lifetime }
      return { accessToken: await signKeyToken(signingKeys, parts), expiresIn: lifetime, scope: granted }
    },
  }
}

/** An archived tenant's keys are nobody's, and another tenant's are nobody's here. */
function isElsewhere(tenant: TenantEntry, hostTenantId: string | undefined): boolean {
  const isThere = tenant.status === 'active' || tenant.status === 'suspended'
  return !isThere || (hostTenantId !== undefined && hostTenantId !== tenant.id)
}

function audiencesOf(system: SystemDefinition | undefined): readonly string[] {
  return [ownAudience, ...(system?.audiences ?? [])]
}

/** @throws invalid_scope */
function scopeOf({ permissions }: KeyEntry, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return [...permissions]
  const beyond = asked.find((permission) => !permissions.has(permission))
  if (beyond !== undefined || asked.length === 0) throw problems.invalid_scope('The scope is beyond what the key may.')
  return [...new Set(asked)]
}

/** Seconds: no token outlives its key. */
function lifetimeOf({ expiresAt }: KeyEntry, usual: number, now: number): number {
  return expiresAt === undefined ? usual : Math.max(1, Math.min(usual, Math.floor((expiresAt - now) / 1_000)))
}
