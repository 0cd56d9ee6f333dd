import { sql } from '../isolation/statement.ts'
import type { LimitMode } from '../system.ts'
import { type Batch, Coalescer } from './coalescer.ts'
import { type CurrentPeriod, type CurrentPeriods, notMetered, unknownMeter } from './current-periods.ts'
import type { OpenMeterScope } from './meter-scope.ts'
import { type Quota, quotaOf } from './quota.ts'

export interface AdmissionRequest {
  /** Under which the verdict is kept; null keeps none. */
  readonly key: string | null
  readonly quantity: number
  /** Takes what is left where that is less than `quantity`. */
  readonly clamp: boolean
  /** Seconds that it is held until it is committed or released; null consumes at once. */
  readonly hold: number | null
}

export interface Verdict {
  /** `repeated`: decided before, under the same key. */
  readonly verdict: 'admitted' | 'repeated' | 'denied'
  readonly quantity: number
  /** Of a hold. RFC 3339. */
  readonly expiresAt: string | null
  /** What the first request of the key asked for, and what became of it. Of repeated ones only. */
  readonly first?: { readonly asked: number; readonly state: 'held' | 'lapsed' | 'committed' | 'released' }
  /** After the batch that it was decided in. */
  readonly quota: Quota
}

interface DecisionRow {
  readonly state: 'ready' | 'moved' | 'unknown' | 'unmetered'
  readonly now: string
  readonly max: number | null
  readonly mode: LimitMode
  readonly used: number
  readonly reserved: number
  readonly verdicts: readonly DecidedRequest[] | null
}

interface DecidedRequest {
  readonly verdict: Verdict['verdict']
  readonly quantity: number
  readonly asked?: number
  readonly state?: 'held' | 'lapsed' | 'committed' | 'released'
  readonly expiresAt?: string | null
}

/** Requests of a statement: beyond a few hundred the statement's own work is what takes the time. */
const mostPerBatch = 512
/** Where less is left than a batch may take, batches are small, so that nodes take turns at what is left. */
const fewPerBatch = 16
const mostWaiting = 20_000
/** A period ends at most once while a request waits; a clock that tests move may do so again. */
const mostMoves = 5

/**
 * The exact tier: decides requests to the meters of tenants, however many processes ask. Requests to one meter that come while a
 * decision is under way are decided together in the next; the transaction is its own, whatever the caller's becomes.
 */
export class Admission {
  readonly #scope: OpenMeterScope
  readonly #periods: CurrentPeriods
  readonly #coalescer: Coalescer<AdmissionRequest, Verdict>

  constructor(scope: OpenMeterScope, periods: CurrentPeriods) {
    this.#scope = scope
    this.#periods = periods
    this.#coalescer = new Coalescer({
      most: mostPerBatch,
      waiting: mostWaiting,
      perform: (key, requests) => {
        const [tenantId = '', meter = ''] = key.split(' ')
        return this.#decide(tenantId, meter, requests)
      },
    })
  }

  admit(tenantId: string, meter: string, request: AdmissionRequest): Promise<Verdict> {
    return this.#coalescer.submit(`${tenantId} ${meter}`, request)
  }

  async #decide(tenantId: string, meter: string, requests: readonly AdmissionRequest[]): Promise<Batch<Verdict>> {
    for (let move = 0; move < mostMoves; move++) {
      const period = await this.#periods.of(tenantId, meter)
      const row = await this.#scope(tenantId).first(admitStatement(meter, period, requests), { lane: 'write' })
      if (row?.state === 'ready') return verdictsOf(row, meter, period, requests)
      this.#periods.forget(tenantId, meter)
      if (row?.state === 'unknown') throw unknownMeter(meter)
      if (row?.state === 'unmetered') throw notMetered(meter)
    }
    throw new Error('The clock of the database does not stand still long enough for a decision.')
  }
}

function admitStatement(meter: string, { interval, start, end }: CurrentPeriod, requests: readonly AdmissionRequest[]) {
  return sql<DecisionRow>`
    select * from tenantry.admit_quota(${meter}, ${interval}, ${start}::timestamptz, ${end}::timestamptz,
      ${requests.map(({ key }) => key)}::text[], ${requests.map(({ quantity }) => quantity)}::bigint[],
      ${requests.map(({ clamp }) => clamp)}::boolean[], ${requests.map(({ hold }) => hold)}::integer[])`
}

function verdictsOf(
  row: DecisionRow,
  meter: string,
  period: CurrentPeriod,
  requests: readonly AdmissionRequest[],
): Batch<Verdict> {
  const { max, mode, used, reserved } = row
  const quota = quotaOf({
    meter,
    kind: 'metered',
    mode,
    period: period.interval as 'month' | 'day' | 'hour',
    max,
    used,
    reserved,
    periodStart: period.start,
    resetsAt: period.end,
  })
  const now = Date.parse(row.now)
  const answers = requests.map(({ quantity, hold }, place): Verdict => {
    const decided = row.verdicts?.[place]
    if (decided?.verdict === 'repeated') {
      const first = { asked: decided.asked ?? quantity, state: decided.state ?? 'committed' }
      return { verdict: 'repeated', quantity: decided.quantity, expiresAt: instantOf(decided.expiresAt), first, quota }
    }
    if (decided?.verdict === 'denied') return { verdict: 'denied', quantity: 0, expiresAt: null, quota }
    const expiresAt = hold === null ? null : new Date(now + hold * 1_000).toISOString()
    return { verdict: 'admitted', quantity: decided?.quantity ?? quantity, expiresAt, quota }
  })
  const asked = requests.reduce((sum, { quantity }) => sum + quantity, 0)
  const isScarce = mode === 'hard' && quota.available !== null && quota.available < asked
  return { answers, next: isScarce ? fewPerBatch : mostPerBatch }
}

/** As PostgreSQL writes times into JSON: with an offset. */
function instantOf(text: string | null | undefined): string | null {
  return text == null ? null : new Date(text).toISOString()
}
