import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { QuotaService } from '../quotas/quotas.ts'
import { type Analytics, readAnalytics } from './analytics.ts'
import { type AskedDays, daysAsked } from './day-span.ts'
import { forecastLimits, type LimitForecast } from './forecast-limits.ts'
import { recordUsage } from './record-usage.ts'
import type { LoggedUsage, NewUsageEvent, UsageVerdict } from './usage-event.ts'
import { mostEvents } from './usage-event.ts'
import {
  type DailyLevel,
  type DailyUsage,
  dailyLevels,
  dailyUsage,
  loggedUsage,
  sealUsage,
  type UsageFilter,
  type UsagePosition,
  type UsageTotal,
  usageTotals,
} from './usage-queries.ts'

/** RFC 3339, half-open: `start` belongs to it, `end` does not. */
export interface UsagePeriod {
  readonly start: string
  readonly end: string
}

/** What a tenant used: events as they are reported, sums by hour and day, and what follows from them. */
export interface UsageService {
  /**
   * Takes in at most 1,000 events, each once for ever by its key. Answers a verdict for each, in their order; what is rejected
   * keeps nothing of the others out. In a transaction of the scope it is done or undone with it.
   *
   * @example
   * const [verdict] = await services.usage.record(scope, [{ key: order.id, meter: 'transactions', quantity: 1 }])
   */
  record(scope: TenantScope, events: readonly NewUsageEvent[]): Promise<UsageVerdict[]>
  /** The log, what was received last first. */
  log(
    scope: TenantScope,
    filter: UsageFilter,
    page: { readonly after?: UsagePosition | undefined; readonly limit: number },
  ): Promise<LoggedUsage[]>
  /** Sums by day of the tenant's calendar, of at most 366 days; default the last 30. @throws invalid_request, range_too_wide */
  daily(scope: TenantScope, days?: AskedDays, meter?: string): Promise<DailyUsage[]>
  /** How much there was of what is counted at the end of each day, as `daily`. @throws invalid_request, range_too_wide */
  levels(scope: TenantScope, days?: AskedDays, name?: string): Promise<DailyLevel[]>
  /** What counts in a period, by meter, to the event. Final once the period is sealed. */
  totals(scope: TenantScope, period: UsagePeriod): Promise<UsageTotal[]>
  /**
   * From here on nothing counts in the period: what comes late for it adjusts the one that is open. Waits for what is being
   * taken in; totals read afterwards, also in the same transaction, are final. Answers false for one that was sealed already.
   *
   * @throws invalid_request for a period that is not over, conflict for one that overlaps a sealed one
   */
  seal(scope: TenantScope, period: UsagePeriod): Promise<boolean>
  /** When each limit will be reached, by what was used so far. */
  forecast(scope: TenantScope): Promise<LimitForecast[]>
  analytics(scope: TenantScope): Promise<Analytics>
}

declare module '../http/route.ts' {
  interface Services {
    readonly usage: UsageService
  }
}

export function createUsageService({ quotas }: { readonly quotas: Pick<QuotaService, 'list'> }): UsageService {
  return {
    async record(scope, events) {
      if (events.length > mostEvents) throw problems.invalid_request(`At most ${mostEvents} events are taken at once.`)
      return events.length === 0 ? [] : recordUsage(scope, events)
    },
    log: (scope, filter, { after, limit }) => scope.run(loggedUsage(scope, filter, after, limit)),
    daily: async (scope, days = {}, meter) => scope.run(dailyUsage(scope, await daysAsked(scope, days), meter), { lane: 'slow' }),
    levels: async (scope, days = {}, name) => scope.run(dailyLevels(scope, await daysAsked(scope, days), name), { lane: 'slow' }),
    totals: (scope, { start, end }) => scope.run(usageTotals(scope, { from: start, to: end }), { lane: 'slow' }),
    seal: async (scope, period) => (await scope.first(sealUsage(period), { lane: 'write' }))?.sealed === true,
    forecast: (scope) => forecastLimits(scope, quotas),
    analytics: (scope) => readAnalytics(scope, quotas),
  }
}
