import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'

/** Days of the tenant's own calendar, both counted in: `2026-11-21`. */
export interface DaySpan {
  readonly from: string
  readonly to: string
}

/** As somebody asks for it: the last 30 days, unless he says otherwise. */
export interface AskedDays {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const mostDays = 366
const usualDays = 30
const day = 86_400_000

/** The days that are meant. @throws invalid_request where `to` comes before `from`, range_too_wide beyond 366 days */
export async function daysAsked(scope: TenantScope, asked: AskedDays): Promise<DaySpan> {
  const to = asked.to ?? (await todayOf(scope)).today
  const from = asked.from ?? dayAfter(to, 1 - usualDays)
  const days = (Date.parse(to) - Date.parse(from)) / day + 1
  if (days < 1) throw problems.invalid_request('`to` must not be before `from`.')
  if (days > mostDays) throw problems.range_too_wide(`At most ${mostDays} days are answered at once.`)
  return { from, to }
}

/** What day it is where the scope's tenant lives, and the moment itself. */
export async function todayOf(scope: TenantScope): Promise<{ readonly now: string; readonly today: string }> {
  const clock = await scope.first(sql<{
    now: string
    today: string
  }>`select c.now, (c.now at time zone t.time_zone)::date::text as today
    from tenantry.tenants t, (select tenantry.clock() as now) c`)
  if (clock === undefined) throw problems.not_found('There is nothing here.')
  return clock
}

/** By the calendar, so that no change of clocks comes in between. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * day).toISOString().slice(0, 10)
}
