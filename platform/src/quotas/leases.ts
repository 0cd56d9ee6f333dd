import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../isolation/statement.ts'
import type { LimitMode } from '../system.ts'
import { type CurrentPeriods, notMetered, unknownMeter } from './current-periods.ts'
import { quotaExceeded } from './exceeded.ts'
import type { OpenMeterScope } from './meter-scope.ts'
import { type Quota, quotaOf } from './quota.ts'

/** Seconds that a block may be given out. */
const leaseSeconds = 30
/** Milliseconds before its end at which a node stops, for what its clock and the database's differ by. */
const margin = 1_000
const smallestBlock = 8
const largestBlock = 20_000
/** Milliseconds. A block that lasts shorter was too small, one that lasts longer too large. */
const tooSoon = 2_000
const tooLate = 8_000
/** Milliseconds without a call after which what is left goes back, so that the number shown is near the truth. */
const idle = 3_000
const sweepEvery = 1_000
/** Milliseconds that a refusal is remembered: floods of refused calls do not reach the database. */
const refusalHolds = 250
const closingPatience = 2_000
const mostMoves = 5

interface LeaseRow {
  readonly state: 'ready' | 'moved' | 'unknown' | 'unmetered'
  readonly now: string
  readonly max: number | null
  readonly mode: LimitMode
  readonly used: number
  readonly leaseId: string | null
  readonly granted: number
  readonly expiresAt: string | null
}

interface Lease {
  readonly tenantId: string
  readonly meter: string
  id: string | null
  left: number
  granted: number
  /** By `performance.now()`. */
  grantedAt: number
  usableUntil: number
  refusedUntil: number
  lastUsed: number
  block: number
  quota: Quota | undefined
  renewal: Promise<void> | undefined
}

/**
 * The leased tier, for meters that are taken from at every request: this process gets a block and gives it out without asking.
 * Together the nodes never give out more than the limit; what a node got and has not given out counts as used until it is back.
 */
export class QuotaLeases {
  readonly #scope: OpenMeterScope
  readonly #periods: CurrentPeriods
  /** By meter and tenant: names put together would be made, and hashed, anew with each call. */
  readonly #meters = new Map<string, Map<string, Lease>>()
  readonly #timer: NodeJS.Timeout

  constructor(scope: OpenMeterScope, periods: CurrentPeriods) {
    this.#scope = scope
    this.#periods = periods
    this.#timer = setInterval(() => this.#sweep(), sweepEvery)
    this.#timer.unref()
  }

  /**
   * Takes one. At once where the block has some left, else when there is a new block. Answers the quota as of the last block.
   *
   * @throws quota_exceeded where nothing is left.
   */
  take(tenantId: string, meter: string): Quota | Promise<Quota> {
    const now = performance.now()
    const lease = this.#leaseOf(tenantId, meter, now)
    lease.lastUsed = now
    if (lease.left > 0 && now < lease.usableUntil) {
      lease.left--
      return lease.quota as Quota
    }
    return this.#takeNew(lease)
  }

  /** Gives one back that was taken in vain. */
  giveBack(tenantId: string, meter: string): void {
    const lease = this.#meters.get(meter)?.get(tenantId)
    if (lease !== undefined && lease.left < lease.granted && performance.now() < lease.usableUntil) lease.left++
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const returned = [...this.#meters.values()].flatMap((leases) => [...leases.values()].map((lease) => this.#giveUp(lease)))
    await Promise.race([Promise.allSettled(returned), sleep(closingPatience, undefined, { ref: false })])
  }

  #leaseOf(tenantId: string, meter: string, now: number): Lease {
    const leases = this.#leasesOf(meter)
    const known = leases.get(tenantId)
    if (known !== undefined) return known
    const opened: Lease = {
      tenantId,
      meter,
      id: null,
      left: 0,
      granted: 0,
      grantedAt: now,
      usableUntil: 0,
      refusedUntil: 0,
      lastUsed: now,
      block: smallestBlock,
      quota: undefined,
      renewal: undefined,
    }
    leases.set(tenantId, opened)
    return opened
  }

  #leasesOf(meter: string): Map<string, Lease> {
    const known = this.#meters.get(meter)
    if (known !== undefined) return known
    const leases = new Map<string, Lease>()
    this.#meters.set(meter, leases)
    return leases
  }

  async #takeNew(lease: Lease): Promise<Quota> {
    for (;;) {
      const now = performance.now()
      if (lease.left > 0 && now < lease.usableUntil) {
        lease.left--
        return lease.quota as Quota
      }
      if (now < lease.refusedUntil && lease.quota !== undefined) throw quotaExceeded(lease.quota)
      lease.renewal ??= this.#renew(lease, now).finally(() => {
        lease.renewal = undefined
      })
      await lease.renewal
    }
  }

  /** Nobody gives out of the old block while it is on its way back. */
  async #renew(lease: Lease, askedAt: number): Promise<void> {
    const { left: unused, id: returned } = lease
    lease.left = 0
    lease.id = null
    lease.block = nextBlock(lease, unused, askedAt)
    const { row, quota } = await this.#ask(lease, lease.block, returned, unused)
    lease.quota = quota
    lease.id = row.leaseId
    lease.granted = row.granted
    lease.left = row.granted
    lease.grantedAt = askedAt
    if (row.expiresAt === null) lease.refusedUntil = performance.now() + refusalHolds
    else lease.usableUntil = askedAt + Date.parse(row.expiresAt) - Date.parse(row.now) - margin
  }

  async #ask({ tenantId, meter }: Lease, wanted: number, returned: string | null, unused: number) {
    for (let move = 0; move < mostMoves; move++) {
      const period = await this.#periods.of(tenantId, meter)
      const row = await this.#scope(tenantId).first(
        sql<LeaseRow>`
          select * from tenantry.lease_quota(${meter}, ${period.interval}, ${period.start}::timestamptz, ${period.end}::timestamptz,
            ${wanted}::bigint, ${leaseSeconds}, ${returned}::uuid, ${unused}::bigint)`,
        { lane: 'write' },
      )
      if (row?.state === 'ready') {
        const { max, mode, used } = row
        const metered = { meter, kind: 'metered', mode, period: period.interval as 'month' | 'day' | 'hour' } as const
        const quota = quotaOf({ ...metered, max, used, reserved: 0, periodStart: period.start, resetsAt: period.end })
        return { row, quota }
      }
      this.#periods.forget(tenantId, meter)
      if (row?.state === 'unknown') throw unknownMeter(meter)
      if (row?.state === 'unmetered') throw notMetered(meter)
    }
    throw new Error('The clock of the database does not stand still long enough for a lease.')
  }

  #sweep(): void {
    const now = performance.now()
    for (const leases of this.#meters.values()) {
      for (const lease of leases.values()) {
        if (now - lease.lastUsed < idle || lease.renewal !== undefined) continue
        leases.delete(lease.tenantId)
        // What cannot be given back counts as used, like that of a node that crashed.
        this.#giveUp(lease).catch(() => undefined)
      }
    }
  }

  async #giveUp(lease: Lease): Promise<void> {
    const { id, left } = lease
    lease.left = 0
    lease.id = null
    if (id !== null && left > 0) await this.#ask(lease, 0, id, left)
  }
}

function nextBlock({ block, grantedAt, granted }: Lease, unused: number, now: number): number {
  const lasted = now - grantedAt
  if (granted > 0 && unused === 0 && lasted < tooSoon) return Math.min(largestBlock, block * 4)
  return lasted > tooLate ? Math.max(smallestBlock, Math.floor(block / 2)) : block
}
