import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Directory } from '../directory/directory.ts'
import type { TenantEntry } from '../directory/entries.ts'

/** What a host stands for, as far as certificates go. */
export interface HostReader {
  meaningOf(
    name: string,
  ):
    | { readonly kind: 'tenant'; readonly slug: string }
    | { readonly kind: 'custom'; readonly host: string }
    | { readonly kind: 'api' | 'operators' | 'base' | 'public' }
}

export interface ServedHostsOptions {
  readonly hosts: HostReader
  readonly directory: Directory
}

/** Milliseconds that an unknown name stays unknown without another look: guessers ask the database once, a new domain waits no longer. */
const unknownFor = 5_000

/**
 * Tells a proxy that gets certificates on demand which names are ours; each certificate for another would be a stranger's, at our
 * expense. Answers from memory as a rule, and writes nothing.
 */
export class ServedHosts {
  readonly #options: ServedHostsOptions
  readonly #unknown = new LRUCache<string, true>({ max: 10_000, ttl: unknownFor })

  constructor(options: ServedHostsOptions) {
    this.#options = options
  }

  /** @throws unavailable while the directory cannot say */
  async isServed(text: string): Promise<boolean> {
    const name = text.toLowerCase()
    // No authority gives out certificates for these, whatever they mean to requests.
    if (isIP(name) !== 0 || name === 'localhost' || this.#unknown.has(name)) return false
    const served = await this.#ask(name)
    if (!served) this.#unknown.set(name, true)
    return served
  }

  async #ask(name: string): Promise<boolean> {
    const { hosts, directory } = this.#options
    const meaning = hosts.meaningOf(name)
    if (meaning.kind === 'tenant') return isThere(await directory.tenantBySlug(meaning.slug))
    if (meaning.kind === 'custom') return isThere(await directory.tenantByHost(meaning.host))
    return meaning.kind !== 'public'
  }
}

function isThere(tenant: TenantEntry | undefined): boolean {
  return tenant !== undefined && tenant.status !== 'archived' && tenant.status !== 'deleted'
}
