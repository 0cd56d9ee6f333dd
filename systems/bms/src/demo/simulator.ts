import { setTimeout as sleep } from 'node:timers/promises'
import { ApiRefusal, BmsApi } from '../api/bms-api.ts'
import { BuildingModel } from './building-model.ts'

export interface SimulatorOptions {
  /** Where the server listens: `http://127.0.0.1:4400`. */
  readonly baseUrl: string
  /** A key that reads buildings and writes points. */
  readonly key: string
  /** Name of the tenant, for messages. */
  readonly tenant: string
  /** Names of buildings whose points come by another way. */
  readonly except?: readonly string[]
  /** Seconds between points. Default 5. */
  readonly interval?: number
  /** Told once when sending begins to fail, when it works again, and when it has given up. */
  readonly log?: (message: string) => void
}

export interface Simulator {
  /** Ends it; resolves when nothing is on its way any more. */
  readonly stop: () => Promise<void>
  /** Resolves when it has ended: stopped, or because its key is not accepted any more. */
  readonly ended: Promise<void>
}

const buildingsEvery = 30_000
const longestPause = 30_000

/**
 * Sends live points for every building of a tenant, as its gateways would: over HTTP, with a key. It outlives restarts
 * of the server, pausing longer each time; buildings that are made meanwhile get points within half a minute.
 *
 * @example
 * const simulator = startSimulator({ baseUrl, key, tenant: 'northwind' })
 * process.once('SIGINT', () => simulator.stop())
 */
export function startSimulator(options: SimulatorOptions): Simulator {
  const controller = new AbortController()
  const ended = run(options, controller.signal).catch((error: unknown) => {
    if (!controller.signal.aborted) throw error
  })
  return {
    ended,
    stop: () => {
      controller.abort()
      return ended
    },
  }
}

async function run(options: SimulatorOptions, signal: AbortSignal): Promise<void> {
  const { tenant, except = [], interval = 5, log = () => {} } = options
  const sender = new Sender(new BmsApi({ ...options, signal, attempts: 1 }), except)
  let failures = 0
  while (!signal.aborted) {
    const outcome = await sender.tick(Date.now()).catch((error: unknown) => error)
    if (signal.aborted) return
    if (outcome instanceof ApiRefusal && (outcome.status === 401 || outcome.code === 'forbidden')) {
      log(`Simulator of ${tenant} ends: ${outcome.message}`)
      return
    }
    if (outcome === undefined && failures > 0) log(`Simulator of ${tenant} sends again.`)
    if (outcome !== undefined && failures === 0)
      log(`Simulator of ${tenant} cannot send, and goes on trying: ${messageOf(outcome)}`)
    failures = outcome === undefined ? 0 : failures + 1
    const pause = failures === 0 ? interval * 1_000 : Math.min(longestPause, 500 * 2 ** failures) * (0.75 + Math.random() / 2)
    await sleep(pause, undefined, { signal })
  }
}

/** What is known of the tenant's buildings, and one round of points for each. */
class Sender {
  readonly #api: BmsApi
  readonly #except: readonly string[]
  #models = new Map<string, BuildingModel>()
  #listedAt = Number.NEGATIVE_INFINITY

  constructor(api: BmsApi, except: readonly string[]) {
    this.#api = api
    this.#except = except
  }

  async tick(now: number): Promise<void> {
    if (now - this.#listedAt > buildingsEvery) await this.#list(now)
    for (const [id, model] of this.#models) {
      await this.#api.writePoints(id, model.pointsAt(now), `live-${now}`).catch((error: unknown) => {
        // Deleted since it was listed: no reason to stop sending for the others.
        if (!(error instanceof ApiRefusal) || error.status !== 404) throw error
        this.#models.delete(id)
      })
    }
  }

  async #list(now: number): Promise<void> {
    const listed = (await this.#api.buildings()).filter(({ name }) => !this.#except.includes(name))
    this.#models = new Map(listed.map((building) => [building.id, this.#models.get(building.id) ?? new BuildingModel(building)]))
    this.#listedAt = now
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}
