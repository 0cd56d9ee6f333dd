import { sql } from '../isolation/statement.ts'
import { Coalescer } from './coalescer.ts'
import type { OpenMeterScope } from './meter-scope.ts'

export interface SettlementRequest {
  readonly key: string
  /** What was really used; null releases the hold. */
  readonly actual: number | null
}

export interface Settlement {
  /**
   * `absent`: no hold of this key. `ended`: it ended the other way, or with another quantity. `exceeded`: more than was held.
   * `repeated`: just so, before.
   */
  readonly outcome: 'settled' | 'repeated' | 'absent' | 'ended' | 'exceeded'
  readonly state: 'held' | 'lapsed' | 'committed' | 'released' | null
  /** What was charged, of a committed one; else what was held. */
  readonly quantity: number | null
  /** Committed after it had expired: charged all the same. */
  readonly late: boolean | null
}

const mostPerBatch = 256
const mostWaiting = 20_000

/** Ends holds: like admissions, those of one meter together. */
export class SettlementDesk {
  readonly #coalescer: Coalescer<SettlementRequest, Settlement>

  constructor(scope: OpenMeterScope) {
    this.#coalescer = new Coalescer({
      most: mostPerBatch,
      waiting: mostWaiting,
      perform: async (key, requests) => {
        const [tenantId = '', meter = ''] = key.split(' ')
        const answers = await scope(tenantId).run(settleStatement(meter, requests), { lane: 'write' })
        return { answers, next: mostPerBatch }
      },
    })
  }

  settle(tenantId: string, meter: string, request: SettlementRequest): Promise<Settlement> {
    return this.#coalescer.submit(`${tenantId} ${meter}`, request)
  }
}

const settleStatement = (meter: string, requests: readonly SettlementRequest[]) => sql<Settlement>`
  select * from tenantry.settle_quota(${meter}, ${requests.map(({ key }) => key)}::text[],
    ${requests.map(({ actual }) => actual)}::bigint[])`
