import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'
import type { Change } from '../directory/change-reader.ts'

/** Of one tenant; beyond it the one heard longest ago becomes the tenant's floor. */
const mostMarks = 256
/** Beyond it the tenant heard of longest ago becomes the floor of all. */
const mostTenants = 20_000

interface TenantChanges {
  /** By mark: the last transaction that changed it. */
  readonly marks: Map<string, bigint>
  floor: bigint
}

/**
 * Which transaction last changed what, as this node heard it from the directory's change feed. A cached entry is dated with
 * the oldest transaction that was at work before its value was read; a change of that one or of a later one may be
 * missing in it. What this node cannot know, because it was not there yet or has forgotten, it does not believe either.
 */
export class HeardChanges {
  readonly #tenants: LRUCache<string, TenantChanges>
  /** Entries dated before it are not believed, whatever they are. While it is undefined none is. */
  #floor: bigint | undefined

  /** `horizon` is the oldest transaction still at work when this node began to hear. */
  constructor(horizon: bigint | undefined, most = mostTenants) {
    this.#floor = horizon
    this.#tenants = new LRUCache({
      ...atMost(most),
      dispose: ({ marks, floor }, _tenantId, reason) => {
        if (reason !== 'evict') return
        this.#raise(floor)
        for (const xid of marks.values()) this.#raise(xid + 1n)
      },
    })
  }

  /** Anew, because changes may have been missed. */
  begin(horizon: bigint | undefined): void {
    this.#tenants.clear()
    this.#floor = horizon
  }

  hear(changes: readonly Change[]): void {
    for (const { kind, tenantId, objectId, xid } of changes) {
      if (tenantId === undefined) continue
      this.#note(tenantId, kind === outdated ? (objectId ?? '').replaceAll('-', '') : markOf(kind), xid)
    }
  }

  /** Whether an entry of that date has all that happened to these marks. */
  believes(tenantId: string, date: bigint, marks: readonly string[]): boolean {
    if (this.#floor === undefined || date < this.#floor) return false
    const changes = this.#tenants.get(tenantId)
    if (changes === undefined) return true
    return date >= changes.floor && marks.every((mark) => (changes.marks.get(mark) ?? -1n) < date)
  }

  #note(tenantId: string, mark: string, xid: bigint): void {
    let changes = this.#tenants.get(tenantId)
    if (changes === undefined) {
      changes = { marks: new Map(), floor: 0n }
      this.#tenants.set(tenantId, changes)
    }
    const { marks } = changes
    const before = marks.get(mark) ?? 0n
    // Put last again: the order is that of hearing.
    marks.delete(mark)
    marks.set(mark, xid > before ? xid : before)
    const [oldest] = marks
    if (marks.size <= mostMarks || oldest === undefined) return
    marks.delete(oldest[0])
    if (oldest[1] >= changes.floor) changes.floor = oldest[1] + 1n
  }

  #raise(floor: bigint): void {
    if (this.#floor !== undefined && floor > this.#floor) this.#floor = floor
  }
}

/** Kind of the stamps that `tenantry.outdate` leaves; other kinds are the names of tables. */
const outdated = 'cache'

/** What a tag is called in the change feed, which holds no text of tenants. The same as `md5` in `tenantry.outdate`. */
export function markOf(tag: string): string {
  return createHash('md5').update(tag).digest('hex')
}
