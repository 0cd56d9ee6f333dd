import { sql } from '../isolation/statement.ts'
import { tenantIs } from '../isolation/tenant-literal.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Quota } from '../quotas/quota.ts'
import type { QuotaService } from '../quotas/quotas.ts'
import { dayAfter, todayOf } from './day-span.ts'
import { forecast, type NotReached } from './forecast.ts'
import { type DailyLevel, type DailyUsage, dailyLevels, dailyUsage } from './usage-queries.ts'

export interface LimitForecast {
  readonly limit: string
  readonly kind: 'counted' | 'metered' | 'gauge'
  readonly max: number | null
  readonly used: number
  /** RFC 3339; null for what does not begin anew. */
  readonly resetsAt: string | null
  /** RFC 3339: the moment from which it is reckoned. */
  readonly now: string
  readonly runsOutAt: string | null
  readonly earliest: string | null
  readonly latest: string | null
  readonly because: NotReached | null
  /** Full days of the tenant's calendar, both counted in; null where there are none. */
  readonly basis: { readonly days: number; readonly from: string; readonly to: string; readonly perDay: number } | null
}

/** Four weeks: each day of the week as often as the others. */
const mostDays = 28

/** When each limit of the scope's tenant will be reached. Rates and retention are never used up, and are left out. */
export async function forecastLimits(scope: TenantScope, quotas: Pick<QuotaService, 'list'>): Promise<LimitForecast[]> {
  const { now, today } = await todayOf(scope)
  const yesterday = dayAfter(today, -1)
  const limits = (await quotas.list(scope)).filter(isUsedUp)
  const [reported, usage, levels] = await scope.batch(
    [
      reportedInPeriod(scope, limits),
      dailyUsage(scope, { from: dayAfter(today, -mostDays), to: yesterday }),
      dailyLevels(scope, { from: dayAfter(today, -mostDays - 1), to: yesterday }),
    ],
    { lane: 'slow' },
  )
  return limits.map(({ meter, kind, max, used, resetsAt }) => {
    // What is metered may be admitted by its quota, reported, or both: the larger of the two is what there is.
    const known = Math.max(used ?? 0, reported.find((each) => each.meter === meter)?.quantity ?? 0)
    const perDay = kind === 'metered' ? meteredDays(meter, usage, levels, yesterday) : growth(meter, kind, levels)
    const reset = resetsAt === null ? undefined : Date.parse(resetsAt)
    const told = forecast({ max, used: known, perDay, now: Date.parse(now), resetsAt: reset })
    return {
      limit: meter,
      kind,
      max,
      used: known,
      resetsAt,
      now,
      runsOutAt: timeOf(told.at),
      earliest: timeOf(told.earliest),
      latest: timeOf(told.latest),
      because: told.because,
      basis: basisOf(perDay, yesterday),
    }
  })
}

function isUsedUp<Q extends Quota>(quota: Q): quota is Q & { readonly kind: LimitForecast['kind'] } {
  return quota.kind === 'counted' || quota.kind === 'metered' || quota.kind === 'gauge'
}

function reportedInPeriod(scope: TenantScope, limits: readonly Quota[]) {
  const metered = limits.filter(({ periodStart }) => periodStart !== null)
  return sql<{ meter: string; quantity: number }>`select p.meter, sum(u.quantity)::bigint as quantity
    from unnest(${metered.map(({ meter }) => meter)}::text[], ${metered.map(({ periodStart }) => periodStart)}::timestamptz[]) p(meter, starts_at)
    join tenantry.usage_hours u on ${tenantIs(scope, 'u')} and u.meter = p.meter and u.hour >= p.starts_at group by p.meter`
}

/** What was used each day since the first; of days before they were kept, how what was admitted grew. */
function meteredDays(meter: string, usage: readonly DailyUsage[], levels: readonly DailyLevel[], last: string): number[] {
  const reported = new Map(usage.filter((each) => each.meter === meter).map(({ day, quantity }) => [day, quantity]))
  const first = [...reported.keys()].sort()[0]
  if (first === undefined) return growth(meter, 'metered', levels)
  const perDay: number[] = []
  for (let day = first; day <= last; day = dayAfter(day, 1)) perDay.push(reported.get(day) ?? 0)
  return perDay
}

/** From each evening to the next. A metered level that fell began anew in between. */
function growth(name: string, kind: LimitForecast['kind'], levels: readonly DailyLevel[]): number[] {
  const own = levels.filter((each) => each.name === name).map(({ level }) => level)
  return own.slice(1).map((level, index) => {
    const before = own[index] ?? 0
    return kind === 'metered' && level < before ? level : level - before
  })
}

function basisOf(perDay: readonly number[], last: string): LimitForecast['basis'] {
  const days = perDay.length
  if (days === 0) return null
  const mean = perDay.reduce((sum, each) => sum + each, 0) / days
  return { days, from: dayAfter(last, 1 - days), to: last, perDay: Math.round(mean * 100) / 100 }
}

const timeOf = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString())
