import type { CacheStore } from './cache-store.ts'

export interface MemoryStoreOptions {
  /** Most bytes of one tenant. */
  readonly tenantBytes: number
  /** Most bytes of all. Beyond it the tenant that asked longest ago is forgotten, as a whole. */
  readonly bytes: number
}

/** What an entry costs beside its text: its place in the maps. */
const overhead = 200

/** Entries of one tenant, oldest first. */
class TenantEntries {
  readonly texts = new Map<string, string>()
  bytes = 0

  set(key: string, text: string, budget: number): void {
    this.delete(key)
    const size = sizeOf(key, text)
    if (size > budget) return
    for (const oldest of this.texts.keys()) {
      if (this.bytes + size <= budget) break
      this.delete(oldest)
    }
    this.texts.set(key, text)
    this.bytes += size
  }

  delete(key: string): void {
    const text = this.texts.get(key)
    if (text === undefined) return
    this.texts.delete(key)
    this.bytes -= sizeOf(key, text)
  }
}

/** In the process: a map of each tenant's own, so that no key has to tell tenants apart. */
export class MemoryStore implements CacheStore {
  readonly #options: MemoryStoreOptions
  /** In the order of their last use. */
  readonly #tenants = new Map<string, TenantEntries>()
  #bytes = 0

  constructor(options: MemoryStoreOptions) {
    this.#options = options
  }

  get bytes(): number {
    return this.#bytes
  }

  get(tenantId: string, key: string): string | undefined {
    const entries = this.#tenants.get(tenantId)
    if (entries === undefined) return undefined
    this.#tenants.delete(tenantId)
    this.#tenants.set(tenantId, entries)
    return entries.texts.get(key)
  }

  set(tenantId: string, key: string, text: string): void {
    const entries = this.#tenants.get(tenantId) ?? new TenantEntries()
    const before = entries.bytes
    entries.set(key, text, Math.min(this.#options.tenantBytes, this.#options.bytes))
    this.#tenants.delete(tenantId)
    this.#tenants.set(tenantId, entries)
    this.#bytes += entries.bytes - before
    for (const [idle, { bytes }] of this.#tenants) {
      if (this.#bytes <= this.#options.bytes) break
      this.#tenants.delete(idle)
      this.#bytes -= bytes
    }
  }

  async textsOf(tenantId: string): Promise<readonly string[]> {
    return [...(this.#tenants.get(tenantId)?.texts.values() ?? [])]
  }

  close(): void {
    this.#tenants.clear()
    this.#bytes = 0
  }
}

/** A JavaScript string takes two bytes a character at most. */
function sizeOf(key: string, text: string): number {
  return (key.length + text.length) * 2 + overhead
}
