import type { Pool } from 'pg'
import type { TenantStatsService } from '../tenants/tenant-stats.ts'
import { type Census, type SummedNumbers, staleTenants, sumNumbers, takeCensus } from './overview-queries.ts'

/** The installation in numbers. */
export interface Overview extends Census {
  /** When the census was taken, RFC 3339. */
  readonly at: string
  readonly systems: readonly SummedNumbers[]
  readonly countedAt: string | null
  readonly uncounted: number
}

export interface OverviewService {
  /**
   * Tenants, people and domains as they are; what tenants' own rows were counted to, at most `olderThan` seconds ago (0 to 900)
   * unless that takes longer than five seconds: the rest is counted behind the answer, and `countedAt` says how old the oldest is.
   *
   * @example const { systems, countedAt } = await services.overview.read(60)
   */
  read(olderThan: number): Promise<Overview>
}

declare module '../http/route.ts' {
  interface Services {
    readonly overview: OverviewService
  }
}

export interface OverviewOptions {
  readonly pool: Pool
  readonly tenantStats: () => Pick<TenantStatsService, 'recount'>
  readonly onFailure: (error: unknown) => void
}

/** Milliseconds that an answer waits for counting. */
const patience = 5_000
/** Tenants that are counted at one moment, and that are looked up together. */
const [atOnce, together] = [4, 100]

export function createOverviewService({ pool, tenantStats, onFailure }: OverviewOptions): OverviewService {
  // One count at a time on this node: whoever asks meanwhile waits for the same.
  let counting: { readonly olderThan: number; readonly done: Promise<void> } | undefined

  async function count(olderThan: number): Promise<void> {
    const failed = new Set<string>()
    for (;;) {
      const stale = (await staleTenants(pool, olderThan, together + failed.size)).filter((id) => !failed.has(id))
      if (stale.length === 0) return
      const queue = [...stale]
      const worker = async () => {
        for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
          const tenantId = id
          await tenantStats()
            .recount(tenantId)
            .catch((error: unknown) => {
              failed.add(tenantId)
              onFailure(error)
            })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
      // With an age of nothing every look would find them all again.
      if (olderThan < 10) return
    }
  }

  function counted(olderThan: number): Promise<void> {
    if (counting !== undefined && counting.olderThan <= olderThan) return counting.done
    const before = counting?.done ?? Promise.resolve()
    const done = before.then(() => count(olderThan))
    const mine = { olderThan, done }
    counting = mine
    const over = () => {
      if (counting === mine) counting = undefined
    }
    done.then(over, (error: unknown) => {
      over()
      onFailure(error)
    })
    return done
  }

  return {
    async read(olderThan) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience)
      })
      await Promise.race([counted(olderThan).catch(() => undefined), late])
      clearTimeout(timer)
      const [census, summed] = await Promise.all([takeCensus(pool), sumNumbers(pool)])
      return { ...census, ...summed, at: new Date().toISOString() }
    },
  }
}
