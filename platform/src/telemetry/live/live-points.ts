import { EventChannel } from '../../http/event-stream.ts'
import { sql } from '../../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../../isolation/tenant-scope.ts'
import { problems } from '../../problems/catalogue.ts'
import { absence } from '../../resources/absence.ts'
import { parentStatement } from '../point-statements.ts'
import type { OpenPointStore } from '../point-store.ts'
import { type Arrival, arrivalsStatement, longestOnItsWay, readArrival } from './arrivals.ts'
import { Audience, type Listener } from './audience.ts'
import { eventsOf, type TellSeries } from './told.ts'

export interface FollowOptions {
  /** `Last-Event-ID`: what arrived since is told first. */
  readonly after?: string | undefined
  /** Ends the stream. */
  readonly signal: AbortSignal
  readonly tell: TellSeries
}

export interface LivePointService {
  /**
   * A parent's points as they arrive, as the text of server-sent events, for as long as the reader stays and may see the parent.
   *
   * It begins ten seconds back, so that whoever reads the data and then follows misses nothing; what comes twice is the same point.
   * Events: `points`; `stored`, a span of many points to be read again; `reset`, more was missed than is kept, read all again.
   *
   * Refuses before it begins with `not_found`/`object_not_granted` (the parent), `quota_exceeded` (streams of the tenant on this node).
   *
   * @example
   * handle: async ({ scope, params, request, services }) =>
   *   replyEvents(await services.livePoints.follow(scope, bmsPoints, params.id, { signal: request.signal, tell: (series) => series }))
   */
  follow(scope: TenantScope, store: OpenPointStore, parentId: string, options: FollowOptions): Promise<AsyncIterable<string>>
}

declare module '../../http/route.ts' {
  interface Services {
    readonly livePoints: LivePointService
  }
}

export interface LivePointOptions {
  readonly scope: (options: ScopeOptions) => TenantScope
}

/** Milliseconds between polls of an audience. Without listeners nothing is asked. */
const interval = 250
/** Streams of one tenant on one node: each is a connection and its share of a poll. */
const mostStreams = 50
/** Seconds back that a stream begins. */
const lookBack = 10
/** Minutes back that a stream resumes, and rows that it is then told. */
const resumable = 15
const mostMissed = 1_000

export function createLivePoints({ scope: openScope }: LivePointOptions): LivePointService {
  const audiences = new Map<string, Audience>()
  const streams = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined

  const isFull = (tenantId: string) => (streams.get(tenantId) ?? 0) >= mostStreams

  async function* tellTo(scope: TenantScope, store: OpenPointStore, parentId: string, options: FollowOptions) {
    const channel = new EventChannel(options.signal)
    const reader = new Reader(parentId, channel, options.tell)
    const leave = join(scope, store, reader)
    try {
      // Between joining and this look nothing is lost: what is heard meanwhile waits in the reader.
      reader.catchUp(await missed(scope, store, parentId, options.after))
      yield* channel
    } finally {
      leave()
    }
  }

  function join({ context }: TenantScope, store: OpenPointStore, listener: Listener): () => void {
    const { tenantId, actor, reach } = context
    const key = JSON.stringify([tenantId, store.points, reach === 'all' ? reach : actor.id])
    const audience = audiences.get(key) ?? new Audience(store, () => openScope({ tenantId, actor, reach }))
    if (isFull(tenantId)) listener.end()
    audiences.set(key, audience)
    audience.join(listener)
    streams.set(tenantId, (streams.get(tenantId) ?? 0) + 1)
    timer ??= setInterval(() => {
      for (const each of audiences.values()) void each.poll()
    }, interval).unref()
    return () => {
      audience.leave(listener)
      if (audience.size === 0) audiences.delete(key)
      const left = (streams.get(tenantId) ?? 1) - 1
      if (left > 0) streams.set(tenantId, left)
      else streams.delete(tenantId)
      if (audiences.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }

  return {
    async follow(scope, store, parentId, options) {
      const { tenantId } = scope.context
      if (isFull(tenantId)) {
        throw problems.quota_exceeded(`Up to ${mostStreams} live streams at a time are open to you. Close one.`, {
          limit: 'live_streams',
          max: mostStreams,
          used: streams.get(tenantId),
        })
      }
      if ((await scope.first(parentStatement(store, parentId))) === undefined) {
        throw await absence(scope, store.parent, parentId, store.parentWord)
      }
      return tellTo(scope, store, parentId, options)
    },
  }
}

/** One open stream: holds back what it hears until it was told what it had missed, and tells no row twice. */
class Reader implements Listener {
  readonly parentId: string
  readonly #channel: EventChannel
  readonly #tell: TellSeries
  #held: Arrival[] | undefined = []
  #known: ReadonlySet<string> = new Set()

  constructor(parentId: string, channel: EventChannel, tell: TellSeries) {
    this.parentId = parentId
    this.#channel = channel
    this.#tell = tell
  }

  catchUp({ arrivals, isWhole, since }: Missed): void {
    const held = this.#held ?? []
    this.#held = undefined
    if (!isWhole) this.#channel.send({ id: '', event: 'reset', data: {} })
    this.hear(arrivals.filter(({ receivedAt }) => receivedAt > since))
    this.#known = new Set(arrivals.map(({ id }) => id))
    this.hear(held)
  }

  hear(arrivals: readonly Arrival[]): void {
    if (this.#held !== undefined) this.#held.push(...arrivals)
    else for (const event of eventsOf(this.#unknown(arrivals), this.#tell)) this.#channel.send(event)
  }

  end(): void {
    this.#channel.end()
  }

  #unknown(arrivals: readonly Arrival[]): readonly Arrival[] {
    return this.#known.size === 0 ? arrivals : arrivals.filter(({ id }) => !this.#known.has(id))
  }
}

interface Missed {
  /** Every row that is visible and that a poll may meet again. */
  readonly arrivals: readonly Arrival[]
  /** Received after it, in microseconds since 1970: to be told. */
  readonly since: number
  /** False where more was missed than is kept. */
  readonly isWhole: boolean
}

/** What arrived since the event that a reader heard last, or, of a new reader, in the last seconds. */
async function missed(scope: TenantScope, store: OpenPointStore, parentId: string, after: string | undefined): Promise<Missed> {
  const isNew = after === undefined || after === ''
  // An id that is none of ours is one of very long ago.
  const heard = isNew ? null : /^\d{1,16}$/.test(after) ? Number(after) : 0
  const oldest = sql`tenantry.clock() - make_interval(mins => ${resumable}::int)`
  const from = sql`greatest(coalesce(to_timestamp(${heard}::float8 / 1000000), tenantry.clock()) - make_interval(secs => ${longestOnItsWay}::int), ${oldest})`
  const [[clock], rows] = await scope.batch([
    sql<{ now: number }>`select (extract(epoch from tenantry.clock()) * 1000000)::int8 as now`,
    arrivalsStatement(store, [parentId], from, [], mostMissed),
  ])
  const now = clock?.now ?? 0
  const arrivals = rows.map(readArrival)
  if (heard === null) return { arrivals, since: now - lookBack * 1_000_000, isWhole: true }
  const isWhole = heard > now - resumable * 60_000_000 && rows.length < mostMissed
  return { arrivals, since: isWhole ? heard - longestOnItsWay * 1_000_000 : now, isWhole }
}
