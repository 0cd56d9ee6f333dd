import { setTimeout as sleep } from 'node:timers/promises'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'

export interface KeyNetworksOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds between two writes. */
const interval = 5_000
/** Keys with addresses that this node has seen lately: they cost a look into memory. */
const mostSeen = 50_000
/** Waiting to be written; what comes beyond is seen again with a later request. */
const mostWaiting = 10_000
/** Of one key. One that is used from so many is at home nowhere, and nothing about it is new. */
const mostNetworks = 500
/** Milliseconds that a stop waits for the last writing. */
const lastPatience = 2_000
const recorder = { kind: 'system', id: '018f0000-0000-7000-8000-0000006e6574' } as const

interface Used {
  readonly keyId: string
  readonly network: string
}

/** From which networks keys are used, collected and written in batches: one that is new for a key that has others is told. */
export class KeyNetworks {
  readonly #options: KeyNetworksOptions
  readonly #seen = new LRUCache<string, true>(atMost(mostSeen))
  readonly #timer: NodeJS.Timeout
  #waiting = new Map<string, Used[]>()
  #size = 0

  constructor(options: KeyNetworksOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.flush(), interval)
    this.#timer.unref()
  }

  note(tenantId: string, keyId: string, address: string): void {
    const seen = `${keyId} ${address}`
    if (this.#size >= mostWaiting || this.#seen.get(seen)) return
    this.#seen.set(seen, true)
    const network = networkOf(address)
    if (network === undefined) return
    const waiting = this.#waiting.get(tenantId)
    if (waiting === undefined) this.#waiting.set(tenantId, [{ keyId, network }])
    else waiting.push({ keyId, network })
    this.#size++
  }

  async flush(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = new Map()
    this.#size = 0
    for (const [tenantId, used] of waiting) {
      await this.#options
        .scope({ tenantId, actor: recorder })
        .run(recordNetworks(used), { lane: 'write' })
        .catch(this.#options.onFailure)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.race([this.flush(), sleep(lastPatience, undefined, { ref: false })])
  }
}

/** What the statement sees is from before it inserts: a key's first networks are no news. */
function recordNetworks(used: readonly Used[]): SqlFragment {
  return sql`with used as (
      select distinct u.key_id, u.network from unnest(${used.map(({ keyId }) => keyId)}::uuid[], ${used.map(({ network }) => network)}::text[]) u(key_id, network)
        join tenantry.api_keys k on k.id = u.key_id
       where (select count(*) from tenantry.key_networks n where n.key_id = u.key_id) < ${mostNetworks}::int),
    added as (
      insert into tenantry.key_networks (key_id, network) select key_id, network from used
      on conflict (tenant_id, key_id, network) do nothing returning key_id, network)
    select tenantry.emit('security.suspicious', key_id, jsonb_build_object('kind', 'new_network', 'network', network))
      from added where exists (select from tenantry.key_networks n where n.key_id = added.key_id)`
}

/**
 * Whose network an address is in: 24 bits of IPv4, 48 of IPv6, as they are given out.
 *
 * @example
 * networkOf('192.0.2.7') // '192.0.2.0/24'
 */
export function networkOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined
  const known = ipaddr.process(address)
  if (known.kind() === 'ipv4') return `${ipaddr.IPv4.networkAddressFromCIDR(`${known.toString()}/24`).toString()}/24`
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${known.toString()}/48`).toString()}/48`
}
