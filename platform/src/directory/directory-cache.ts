import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'

export interface DirectoryCacheOptions<Entry extends object> {
  /** Most entries kept; as many absences beside them at most. */
  readonly size: number
  /** Asks the database. */
  readonly load: (key: string) => Promise<Entry | undefined>
  /** Whether the cache has heard of every change up to a second ago. */
  readonly isFresh: () => boolean
  /** The id under which changes of the entry are told. */
  readonly idOf: (entry: Entry) => string
  /** False once time alone has made the entry untrue. Default: only changes do. */
  readonly isCurrent?: (entry: Entry) => boolean
}

/**
 * Entries by key, believed only while the change feed is fresh. A hit is synchronous; everything else asks the database.
 * An entry is kept only if nothing changed since its load began: what was read may be older than the change.
 */
export class DirectoryCache<Entry extends object> {
  readonly #entries: LRUCache<string, Entry>
  /** Bounded apart from the entries, so that guessed names push out no real one. */
  readonly #absent: LRUCache<string, true>
  readonly #keyOfId = new Map<string, string>()
  readonly #loading = new Map<string, Promise<Entry | undefined>>()
  readonly #options: DirectoryCacheOptions<Entry>
  #generation = 0

  constructor(options: DirectoryCacheOptions<Entry>) {
    this.#options = options
    this.#entries = new LRUCache({
      ...atMost(options.size),
      dispose: (entry, key) => {
        const id = options.idOf(entry)
        if (this.#keyOfId.get(id) === key) this.#keyOfId.delete(id)
      },
    })
    this.#absent = new LRUCache(atMost(options.size))
  }

  /** `beforeAsking` is called before the database is, and may refuse by throwing. */
  get(key: string, beforeAsking?: () => void): Entry | undefined | Promise<Entry | undefined> {
    if (this.#options.isFresh()) {
      const entry = this.#entries.get(key)
      if (entry !== undefined && this.#options.isCurrent?.(entry) !== false) return entry
      if (this.#absent.has(key)) return undefined
    }
    return this.#load(key, beforeAsking)
  }

  /** Forgets what these ids stood for, and every absence: one of them may have come into being. */
  forget(ids: Iterable<string>): void {
    this.#begin()
    for (const id of ids) {
      const key = this.#keyOfId.get(id)
      if (key !== undefined) this.#entries.delete(key)
    }
  }

  clear(): void {
    this.#begin()
    this.#entries.clear()
    this.#keyOfId.clear()
  }

  get size(): number {
    return this.#entries.size
  }

  /** A new generation: loads that are under way keep nothing, and nobody joins them any more. */
  #begin(): void {
    this.#generation += 1
    this.#loading.clear()
    this.#absent.clear()
  }

  #load(key: string, beforeAsking: (() => void) | undefined): Promise<Entry | undefined> {
    const underWay = this.#loading.get(key)
    if (underWay !== undefined) return underWay
    beforeAsking?.()
    const generation = this.#generation
    const load = this.#options
      .load(key)
      .then((entry) => {
        if (generation === this.#generation) this.#keep(key, entry)
        return entry
      })
      .finally(() => {
        if (this.#loading.get(key) === load) this.#loading.delete(key)
      })
    this.#loading.set(key, load)
    return load
  }

  #keep(key: string, entry: Entry | undefined): void {
    if (entry === undefined) {
      this.#entries.delete(key)
      this.#absent.set(key, true)
      return
    }
    this.#entries.set(key, entry)
    this.#keyOfId.set(this.#options.idOf(entry), key)
  }
}
