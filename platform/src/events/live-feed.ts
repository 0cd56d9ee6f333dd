import { EventChannel } from '../http/event-stream.ts'
import { sql } from '../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'

/** Rows are told in the order of (xid, id): an id is older than the commit that shows its row, an xid below the snapshot's xmin is not. */
export interface Place {
  readonly xid: string
  readonly id: string
}

export interface LiveFeedOptions<Row extends Place> {
  readonly scope: (options: ScopeOptions) => TenantScope
  /** Of what there are streams, for the limit: `events`. */
  readonly name: string
  /** `event:` of what is sent. */
  readonly event: string
  /** Rows of the tenant after a place, in order, below the snapshot's xmin. */
  readonly read: (scope: TenantScope, after: Place, limit: number) => Promise<readonly Row[]>
  readonly show: (row: Row) => unknown
}

export interface FollowOptions<Row> {
  /** `Last-Event-ID`: what came since is told first. Without it the stream begins now. */
  readonly after: string | undefined
  readonly signal: AbortSignal
  /** What this reader may see. */
  readonly wants: (row: Row) => boolean
}

/** Milliseconds between two looks into a tenant that somebody listens to. Without listeners nothing is asked. */
const interval = 500
const pageSize = 200
/** Of one tenant on one node: each is a connection. */
const mostStreams = 50
/** Rows that one who comes back is told before he is told to read all again. */
const mostMissed = 1_000
/** Milliseconds of failed looks after which readers are sent away: they come back and resume. */
const patience = 5_000
/** Who looks, in the log's words. */
const watcher = { kind: 'system', id: '018f0000-0000-7000-8000-00000000feed' } as const
const first = '00000000-0000-0000-0000-000000000000'

interface Tenant<Row> {
  readonly readers: Set<Reader<Row>>
  /** Everything up to here was told. */
  position: Place
  isLooking: boolean
  workedAt: number
}

interface Reader<Row> {
  readonly hear: (rows: readonly Row[]) => void
  readonly end: () => void
}

/**
 * Rows of a tenant as they come, for whoever follows on this node: one look into the tenant serves all of its readers, and each is
 * told what he may see.
 */
export class LiveFeed<Row extends Place> {
  readonly #options: LiveFeedOptions<Row>
  readonly #tenants = new Map<string, Tenant<Row>>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: LiveFeedOptions<Row>) {
    this.#options = options
  }

  /**
   * The text of server-sent events, for as long as the reader stays. `reset` says that more was missed than is told again.
   *
   * @throws quota_exceeded, invalid_request for a `Last-Event-ID` that is none
   */
  async follow(scope: TenantScope, options: FollowOptions<Row>): Promise<AsyncIterable<string>> {
    const { tenantId } = scope.context
    const after = options.after === undefined ? undefined : placeOf(options.after)
    const open = this.#tenants.get(tenantId)?.readers.size ?? 0
    if (open >= mostStreams) {
      const numbers = { limit: `${this.#options.name}_streams`, max: mostStreams, used: open }
      throw problems.quota_exceeded(`Up to ${mostStreams} live streams at a time are open to you. Close one.`, numbers)
    }
    const now = await beginningOf(scope)
    return this.#tell(scope, after ?? now, now, options)
  }

  async *#tell(scope: TenantScope, from: Place, now: Place, { signal, wants }: FollowOptions<Row>): AsyncGenerator<string> {
    const { event, read, show } = this.#options
    const channel = new EventChannel(signal)
    let told = from
    // What is heard while the missed rows are read waits here.
    let held: Row[] | undefined = []
    const tell = (rows: readonly Row[]) => {
      for (const row of rows) {
        if (!isBefore(told, row)) continue
        told = row
        if (wants(row)) channel.send({ id: `${row.xid}.${row.id}`, event, data: show(row) })
      }
    }
    const reader: Reader<Row> = {
      hear: (rows) => (held === undefined ? tell(rows) : void held.push(...rows)),
      end: () => channel.end(),
    }
    const leave = this.#join(scope.context.tenantId, reader, now)
    try {
      for (let missed = 0; ; missed += pageSize) {
        if (missed >= mostMissed) {
          channel.send({ id: '', event: 'reset', data: {} })
          told = await beginningOf(scope)
          break
        }
        const rows = await read(scope, told, pageSize)
        tell(rows)
        if (rows.length < pageSize) break
      }
      const waiting = held
      held = undefined
      tell(waiting)
      yield* channel
    } finally {
      leave()
    }
  }

  /** `now` is from before the reader looks for himself, so that nothing falls between his look and the first one here. */
  #join(tenantId: string, reader: Reader<Row>, now: Place): () => void {
    const fresh = { readers: new Set<Reader<Row>>(), position: now, isLooking: false, workedAt: performance.now() }
    const tenant = this.#tenants.get(tenantId) ?? fresh
    this.#tenants.set(tenantId, tenant)
    tenant.readers.add(reader)
    this.#timer ??= setInterval(() => {
      for (const [id, each] of this.#tenants) void this.#look(id, each)
    }, interval).unref()
    return () => {
      tenant.readers.delete(reader)
      if (tenant.readers.size === 0 && this.#tenants.get(tenantId) === tenant) this.#tenants.delete(tenantId)
      if (this.#tenants.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  async #look(tenantId: string, tenant: Tenant<Row>): Promise<void> {
    if (tenant.isLooking) return
    tenant.isLooking = true
    try {
      const scope = this.#options.scope({ tenantId, actor: watcher })
      const rows = await this.#options.read(scope, tenant.position, pageSize)
      tenant.position = rows.at(-1) ?? tenant.position
      tenant.workedAt = performance.now()
      if (rows.length > 0) for (const reader of tenant.readers) reader.hear(rows)
    } catch {
      if (performance.now() - tenant.workedAt > patience) for (const reader of tenant.readers) reader.end()
    } finally {
      tenant.isLooking = false
    }
  }
}

/** Before everything that is not yet visible to all. */
async function beginningOf(scope: TenantScope): Promise<Place> {
  const row = await scope.first(sql<{ xid: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`)
  return { xid: row?.xid ?? '0', id: first }
}

function isBefore(place: Place, row: Place): boolean {
  const [one, other] = [BigInt(place.xid), BigInt(row.xid)]
  return one === other ? place.id < row.id : one < other
}

function placeOf(text: string): Place {
  const [, xid, id] = /^(\d{1,20})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? []
  if (xid === undefined || id === undefined || BigInt(xid) > 18_446_744_073_709_551_615n) {
    throw problems.invalid_cursor('`Last-Event-ID` was not given out by this server.')
  }
  return { xid, id }
}
