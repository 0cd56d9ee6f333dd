import { Resolver } from 'node:dns/promises'
import type { Finding } from './domain.ts'

/** Where the proof of a domain lies. */
export const proofName = (host: string) => `_domain-proof.${host}`

/** Nothing is ever there (RFC 6761): the attack claims such names, and no name server need hear of them. */
export const isNowhere = (host: string) => host.endsWith('.invalid')

export interface DnsLookOptions {
  /** Name servers, `192.0.2.1` or `192.0.2.1:5353`; default those of the machine. */
  readonly servers?: readonly string[] | undefined
  /** Names and addresses that are this installation's: the domain has to lead to one of them. */
  readonly targets: readonly string[]
}

export interface DomainClaim {
  readonly host: string
  readonly proof: string
}

/** Looks at the DNS of a claimed domain: undefined where proof and direction are right. */
export type DnsLook = (claim: DomainClaim, signal?: AbortSignal) => Promise<Finding | undefined>

/**
 * Asks for the proof (TXT) and where the name leads: by a CNAME to one of the targets, or, for a domain's apex, which may have
 * none, by an address that one of the targets has too.
 *
 * @example
 * const look = createDnsLook({ targets: ['tenantry.app'] })
 * await look({ host: 'cloud.client.co.uk', proof }) // undefined, 'proof_missing', 'points_elsewhere' or 'dns_failed'
 */
export function createDnsLook({ servers, targets }: DnsLookOptions): DnsLook {
  const isTarget = (name: string) => targets.some((target) => name === target || name.endsWith(`.${target}`))

  return async ({ host, proof }, signal) => {
    if (isNowhere(host)) return 'proof_missing'
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (servers !== undefined && servers.length > 0) resolver.setServers(servers)
    const cancel = () => resolver.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const texts = await orNone(resolver.resolveTxt(proofName(host)))
      if (!texts.some((chunks) => chunks.join('') === proof)) return 'proof_missing'
      const aliases = await orNone(resolver.resolveCname(host))
      if (aliases.some((alias) => isTarget(alias.toLowerCase().replace(/\.$/, '')))) return undefined
      const [own, ours] = await Promise.all([addressesOf(resolver, [host]), addressesOf(resolver, targets)])
      return own.some((address) => ours.includes(address)) ? undefined : 'points_elsewhere'
    } catch {
      signal?.throwIfAborted()
      // Silence and a failing server say nothing about the domain: neither way is anything concluded.
      return 'dns_failed'
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }
}

async function addressesOf(resolver: Resolver, names: readonly string[]): Promise<string[]> {
  const answers = names.flatMap((name) => [orNone(resolver.resolve4(name)), orNone(resolver.resolve6(name))])
  return (await Promise.all(answers)).flat()
}

/** A name, or a record, that is not there is an answer. */
async function orNone<Item>(answer: Promise<Item[]>): Promise<Item[]> {
  try {
    return await answer
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ENOTFOUND' || code === 'ENODATA') return []
    throw error
  }
}
