import { availableParallelism } from 'node:os'

export type LaneName = 'read' | 'write' | 'slow' | 'interactive' | 'log'

export interface LaneSettings {
  /** Connections, opened when needed. */
  readonly clients: number
  /** Batches under way on one connection at a time. */
  readonly depth: number
  /** Batches of one tenant under way at a time. */
  readonly perTenant: number
  /** Batches of one tenant that may wait; the next is `overloaded`. */
  readonly waitingPerTenant: number
  /** Milliseconds that one statement may take. */
  readonly statementTimeout: number
  /** Milliseconds that a batch may wait for its turn. */
  readonly longestWait: number
}

export type Lanes = Readonly<Record<LaneName, LaneSettings>>

/** Of the lanes whose size is chosen; with the log's, two connections are left for the directory and the jobs. */
export const mostConnections = 20

/**
 * One statement of the slow lane keeps one processor busy. Two at least, so that no tenant's long stream is all that there is;
 * more than three seldom find a disk that bears them.
 */
const slowClients = Math.max(2, Math.min(3, availableParallelism()))

/**
 * Reads are many and short, so few connections carry many of them; a write may wait for a lock, so few wait behind it;
 * slow work and transactions have their connection to themselves.
 * One tenant's thousand requests are not felt by another because at most `perTenant` of them are ever before PostgreSQL.
 */
export const defaultLanes: Lanes = {
  read: { clients: 4, depth: 16, perTenant: 8, waitingPerTenant: 1_000, statementTimeout: 3_000, longestWait: 5_000 },
  write: { clients: 8, depth: 4, perTenant: 4, waitingPerTenant: 500, statementTimeout: 4_000, longestWait: 5_000 },
  slow: { clients: slowClients, depth: 1, perTenant: 1, waitingPerTenant: 20, statementTimeout: 30_000, longestWait: 30_000 },
  interactive: { clients: 4, depth: 1, perTenant: 2, waitingPerTenant: 100, statementTimeout: 4_000, longestWait: 5_000 },
  // One statement at a time writes what all reads under way have to log, so it is its own neighbour.
  log: { clients: 1, depth: 1, perTenant: 1, waitingPerTenant: 1, statementTimeout: 3_000, longestWait: 5_000 },
}

export type LaneOverrides = { readonly [Name in Exclude<LaneName, 'log'>]?: Partial<LaneSettings> }

/** The default lanes with what was overridden. Throws a RangeError for what would stand still or take too much. */
export function laneSettings(overrides: LaneOverrides = {}): Lanes {
  const lanes = Object.fromEntries(
    Object.entries(defaultLanes).map(([name, settings]) => [name, { ...settings, ...overrides[name as keyof LaneOverrides] }]),
  ) as unknown as Lanes
  for (const [name, settings] of Object.entries(lanes)) {
    for (const [setting, value] of Object.entries(settings)) {
      if (!Number.isInteger(value) || value < 1) throw new RangeError(`Lane ${name}: ${setting} is a whole number of at least 1.`)
    }
  }
  for (const name of ['slow', 'interactive'] as const) {
    if (lanes[name].depth !== 1) throw new RangeError(`Lane ${name}: depth is 1, for a transaction has its connection to itself.`)
  }
  const { log, ...chosen } = lanes
  const connections = Object.values(chosen).reduce((sum, settings) => sum + settings.clients, 0)
  if (connections > mostConnections)
    throw new RangeError(`The lanes ask for ${connections} connections; at most ${mostConnections}.`)
  return lanes
}

/**
 * What every transaction of a lane has in common, as parameters that its connections start with. One statement takes one
 * processor, and none to compile what runs for milliseconds: the others belong to other tenants.
 */
export function startupParameters(name: LaneName, { statementTimeout }: LaneSettings): Readonly<Record<string, string>> {
  return {
    statement_timeout: String(statementTimeout),
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    ...(name === 'read' ? { default_transaction_read_only: 'on' } : {}),
  }
}
