import { AccessRecorder } from './access-recorder.ts'
import { type Clock, systemClock } from './clock.ts'
import { contextOf } from './context-statement.ts'
import { Lane, type LaneStatistics } from './lane.ts'
import { type LaneName, type LaneOverrides, laneSettings, startupParameters } from './lane-settings.ts'
import type { IsolationLogger } from './logger.ts'
import { type LaneSet, RootScope } from './root-scope.ts'
import { ScopeClient } from './scope-client.ts'
import type { ScopeOptions, TenantScope } from './tenant-scope.ts'
import { ReadingThread } from './thread/reading-thread.ts'

export interface IsolationOptions {
  /** Address of the database as the app role. */
  readonly url: string
  readonly lanes?: LaneOverrides
  /** False behind a pooler that does not keep prepared statements (PgBouncer in transaction mode before 1.21). Default true. */
  readonly prepared?: boolean
  readonly logger?: IsolationLogger
  readonly clock?: Clock
  /** Told of each lease that ended: for how many milliseconds a connection worked for the tenant. */
  readonly onWorked?: (tenantId: string, milliseconds: number) => void
  /** True: what scopes do `aside` is done in a thread of its own, whose slow lane has as many connections again. Default false. */
  readonly thread?: boolean
}

export interface Isolation {
  /** The door to one tenant's rows. Throws a TypeError when an id is not a UUID. Cheap: one for each request. */
  scope(options: ScopeOptions): TenantScope
  /** Figures of each lane, for metrics. What waits in `log` are entries of the access log. */
  statistics(): Readonly<Record<LaneName, LaneStatistics>>
  /** Lets what was begun finish, for at most ten seconds, and closes the connections. */
  close(): Promise<void>
}

const sweepEvery = 100
/** A connection that was heard of within these milliseconds is not suspected when another goes silent. */
const freshness = 1_000
const drainPatience = 10_000
const connectTimeout = 2_000

/**
 * The connections of a process to tenant rows. Nothing connects before it is needed.
 *
 * @example
 * const isolation = createIsolation({ url })
 * const scope = isolation.scope({ tenantId, actor: { kind: 'member', id: memberId } })
 * const open = await scope.run(sql<{ id: string }>`select id from invoices where state = ${'open'}`)
 */
export function createIsolation(options: IsolationOptions): Isolation {
  const { url, lanes: overrides, prepared = true, logger, clock = systemClock, onWorked } = options
  const lane = (name: LaneName) =>
    new Lane({
      name,
      settings: settings[name],
      clock,
      open: (onEnd) =>
        ScopeClient.open({
          url,
          name: `tenantry ${name}`,
          prepared,
          startup: startupParameters(name, settings[name]),
          clock,
          connectTimeout,
          onEnd,
        }),
      onFailure: (error) => logger?.warn({ err: error, lane: name }, 'connection to PostgreSQL failed'),
      // What the log's connection does it does for many tenants at once.
      onWorked: name === 'log' ? undefined : onWorked,
    })
  const settings = laneSettings(overrides)
  const lanes: LaneSet = { read: lane('read'), write: lane('write'), slow: lane('slow'), interactive: lane('interactive') }
  const log = lane('log')
  const recorder = new AccessRecorder(log)
  const thread = options.thread
    ? new ReadingThread({ settings: { url, lanes: { slow: settings.slow }, prepared }, logger, onWorked })
    : undefined
  const watchdog = watch([...Object.values(lanes), log], clock)

  return {
    scope: (scopeOptions) => new RootScope(contextOf(scopeOptions), { lanes, recorder, thread }, scopeOptions),
    statistics: () => ({
      read: lanes.read.statistics(),
      write: lanes.write.statistics(),
      slow: sumOf(lanes.slow.statistics(), thread?.slow),
      interactive: lanes.interactive.statistics(),
      log: { ...log.statistics(), waiting: recorder.waiting },
    }),
    async close() {
      await Promise.all([thread?.close(), ...Object.values(lanes).map((each) => each.close(drainPatience))])
      await recorder.close(drainPatience)
      clearInterval(watchdog)
    },
  }
}

function sumOf(here: LaneStatistics, there: LaneStatistics = { inFlight: 0, waiting: 0, connections: 0 }): LaneStatistics {
  return {
    inFlight: here.inFlight + there.inFlight,
    waiting: here.waiting + there.waiting,
    connections: here.connections + there.connections,
  }
}

/** Where one connection went silent, idle ones have probably lost their other end as well: they are opened anew when needed. */
function watch(lanes: readonly Lane[], clock: Clock): NodeJS.Timeout {
  let last = clock.now()
  const timer = setInterval(() => {
    const now = clock.now()
    // After a pause of our own, answers may be lying in the socket unread: judge only at the next look.
    const paused = now - last > sweepEvery * 5
    last = now
    if (paused) return
    const silent = lanes.map((lane) => lane.sweep(now)).some(Boolean)
    if (silent) for (const lane of lanes) lane.destroyIdle(now - freshness)
  }, sweepEvery)
  return timer.unref()
}
