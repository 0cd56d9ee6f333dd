import { LRUCache } from 'lru-cache'
import { atMost } from '../bounded.ts'
import type { PeriodInterval } from '../periods/period.ts'
import { problems } from '../problems/catalogue.ts'
import type { OpenMeterScope } from './meter-scope.ts'
import { intervalOf, periodAt, readMeter } from './quota-queries.ts'

export interface CurrentPeriod {
  readonly interval: PeriodInterval
  readonly start: string
  readonly end: string
}

/** Meters whose period this process remembers; forgetting one costs a read. */
const remembered = 20_000

/**
 * The period that each meter is in, as far as this process knows. It may be wrong, and is then told so: the statement that decides
 * looks at the clock and at the limit itself, and changes of anchor or zone take effect at the end of the period that is known here.
 */
export class CurrentPeriods {
  readonly #scope: OpenMeterScope
  readonly #known = new LRUCache<string, CurrentPeriod>(atMost(remembered))

  constructor(scope: OpenMeterScope) {
    this.#scope = scope
  }

  /** @throws not_found for a meter that the tenant has not; invalid_request for a limit that is not metered. */
  async of(tenantId: string, meter: string): Promise<CurrentPeriod> {
    const key = `${tenantId} ${meter}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const facts = await readMeter(this.#scope(tenantId), meter)
    if (facts.kind === null) throw unknownMeter(meter)
    const interval = intervalOf(facts.period)
    if (facts.kind !== 'metered' || interval === undefined) throw notMetered(meter)
    const current = { interval, ...periodAt(facts, interval) }
    this.#known.set(key, current)
    return current
  }

  forget(tenantId: string, meter: string): void {
    this.#known.delete(`${tenantId} ${meter}`)
  }
}

export const unknownMeter = (meter: string) =>
  problems.not_found(`There is no meter \`${meter}\`; \`GET /v1/quotas\` names those there are.`)

export const notMetered = (meter: string) =>
  problems.invalid_request(`\`${meter}\` is not metered: what is there counts, and nothing else can be taken from it.`)
