import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { UsageService } from '../usage/usage.ts'
import type { InvoiceLine } from './invoice.ts'
import { formatMoney, shareOf } from './money.ts'
import { usageMonth } from './next-period.ts'
import type { Span } from './proration.ts'
import type { OveragePrice, SoldSystem } from './seller.ts'
import type { Subscription } from './subscription.ts'
import { type Held, saveSubscription } from './subscription-queries.ts'

/** Events are taken 35 days late, and corrected as late again; after that a month is done with. */
const daysReckoned = 100

/**
 * Seals the months of usage that are over, and answers lines for what was reported, or taken from quotas, beyond their limits, and for
 * what was reported late of months that were billed. What is reckoned again adds nothing: each month remembers what of it was billed.
 * `closing`: the month that is running ends now.
 */
export async function arrears(
  tx: TenantScope,
  { subscription, now }: Held,
  { usage, system, closing }: { readonly usage: UsageService; readonly system: SoldSystem; readonly closing: boolean },
): Promise<{ readonly subscription: Subscription; readonly lines: readonly InvoiceLine[] }> {
  let from = subscription.usageSealedUntil
  for (;;) {
    const whole = usageMonth(subscription, from)
    const isOver = Date.parse(whole.end) <= Date.parse(now)
    if (!isOver && !(closing && Date.parse(from) < Date.parse(now))) break
    const month = isOver ? whole : { start: from, end: now }
    await usage.seal(tx, month)
    await openMonth(tx, month, usage)
    from = month.end
  }
  await openQuotaPeriods(tx, now, closing)
  const after =
    from === subscription.usageSealedUntil ? subscription : await saveSubscription(tx, subscription, { usageSealedUntil: from })
  const prices = system.seller?.overage ?? {}
  const owed = await reckon(tx, now)
  const lines = owed.flatMap((each) => {
    const price = prices[each.meter]
    return price === undefined || each.over === each.billed ? [] : [overageLine(each, price, subscription.currency)]
  })
  await remember(tx, owed)
  return { subscription: after, lines }
}

interface Owed {
  readonly meter: string
  readonly periodStart: string
  readonly periodEnd: string
  readonly included: number
  /** Beyond what is included, all told. */
  readonly over: number
  /** Of that, what was billed before. */
  readonly billed: number
  readonly isLate: boolean
}

/** Limits as they are when the month ends: a plan changed later does not change what was used before. */
async function openMonth(tx: TenantScope, month: Span, usage: UsageService): Promise<void> {
  const totals = await usage.totals(tx, month)
  const used = totals.map(({ quantity, adjustments }) => quantity - adjustments)
  await tx.run(sql`insert into tenantry.overage_periods (meter, period_start, period_end, included, used)
    select l.name, ${month.start}::timestamptz, ${month.end}::timestamptz, l.max, coalesce(u.used, 0)
      from tenantry.limits l left join unnest(${totals.map(({ meter }) => meter)}::text[], ${used}::bigint[]) as u (meter, used) on u.meter = l.name
     where l.kind = 'metered' and l.mode = 'overage' and l.max is not null
    on conflict do nothing`)
}

/** What was taken from quotas, by their own periods. A meter that is reported as well is billed by what is reported, and not twice. */
async function openQuotaPeriods(tx: TenantScope, now: string, closing: boolean): Promise<void> {
  await tx.run(sql`insert into tenantry.overage_periods as o (meter, period_start, period_end, included, used)
    select c.meter, c.period_start, c.period_end, l.max, c.used
      from tenantry.quota_counters c join tenantry.limits l on l.name = c.meter
     where l.kind = 'metered' and l.mode = 'overage' and l.max is not null and c.used > 0 and isfinite(c.period_start)
       and (c.period_end <= ${now}::timestamptz or ${closing}::boolean)
       and not exists (select from tenantry.usage_events e
         where e.meter = c.meter and e.counted_at >= c.period_start and e.counted_at < c.period_end)
    on conflict on constraint overage_periods_pkey do update set used = excluded.used, period_end = excluded.period_end
      where not o.reckoned and o.used < excluded.used`)
}

/** Usage by the month in which it happened: what came too late for it counts there and not in the month that took it in. */
function reckon(tx: TenantScope, now: string): Promise<Owed[]> {
  return tx.run(sql<Owed>`select * from (
      select o.meter, o.period_start, o.period_end, o.included, o.billed, o.reckoned as is_late,
        greatest(0, o.used - o.included + coalesce((select sum(e.quantity) from tenantry.usage_events e
          where e.meter = o.meter and e.adjusts = o.period_start and e.counted_at >= o.period_end), 0))::bigint as over
      from tenantry.overage_periods o where o.period_end > ${now}::timestamptz - make_interval(days => ${daysReckoned}::int)) reckoned
    where over <> billed or not is_late
    order by period_start, meter`)
}

async function remember(tx: TenantScope, owed: readonly Owed[]): Promise<void> {
  await tx.run(sql`update tenantry.overage_periods o set billed = r.over, reckoned = true
    from unnest(${owed.map(({ meter }) => meter)}::text[], ${owed.map(({ periodStart }) => periodStart)}::timestamptz[],
      ${owed.map(({ over }) => over)}::bigint[]) as r (meter, period_start, over)
    where o.meter = r.meter and o.period_start = r.period_start`)
}

function overageLine({ meter, over, billed, isLate, ...span }: Owed, price: OveragePrice, currency: string): InvoiceLine {
  const quantity = over - billed
  // The difference of two sums, so that a month billed in parts costs what it costs in one.
  const amountMinor = shareOf(price.minor, over, price.lot) - shareOf(price.minor, billed, price.lot)
  const rate = `${formatMoney(price.minor, currency)} for ${price.lot.toLocaleString('en')}`
  const what = isLate ? `${price.title} reported late` : `${price.title} beyond ${span.included.toLocaleString('en')}`
  return {
    kind: isLate ? 'adjustment' : 'overage',
    description: `${what} (${rate})`,
    quantity,
    amountMinor,
    meter,
    periodStart: span.periodStart,
    periodEnd: span.periodEnd,
  }
}
