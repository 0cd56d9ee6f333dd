import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { ownRows } from '../resources/own-rows.ts'
import { eachInTurn } from './each-in-turn.ts'
import { parseInstant } from './instant.ts'
import { packSpan } from './pack-span.ts'
import { holdingParent } from './parent-lock.ts'
import type { PointStore } from './point-store.ts'
import { tablesOf } from './point-tables.ts'
import { dueBefore, type UpkeepOptions } from './roll-up.ts'

/** A day with fewer loose rows is read as quickly as one with none. */
const worthIt = 8
/** What is packed in one transaction, within a fraction of a second. */
const pointsAtOnce = 100_000
const daysAtOnce = 100
const dayMicros = 86_400_000_000

/**
 * Merges packed rows of the days that are due into chunks: sorted by series, 5,000 points each, every time once. Only what was
 * received more than a day ago: by then every transaction that could still bring an older row is over, and the names of batches
 * have held for a day. Answers how many days were looked at; call it until that is 0.
 *
 * `all` takes what was received up to now, which is right only while nobody writes: for tests and benches.
 *
 * @example
 * while ((await compactPoints(scope, bmsPoints)) > 0);
 */
export async function compactPoints(scope: TenantScope, store: PointStore, options: UpkeepOptions = {}): Promise<number> {
  const days = await scope.run(dueDays(scope, store, options), { lane: 'read' })
  await eachInTurn(days, async (day) => {
    if (options.signal?.aborted) return
    if (day.looseRows >= worthIt) await compactDay(scope, store, day)
    await holdingParent(scope, store, day.parentId, (held) => held.run(settleDay(held, store, day)))
  })
  return options.signal?.aborted ? 0 : days.length
}

interface DueDay {
  readonly parentId: string
  readonly from: string
  readonly to: string
  readonly receivedBefore: string
  readonly looseRows: number
}

function dueDays(scope: TenantScope, store: PointStore, options: UpkeepOptions): SqlFragment<DueDay> {
  const { days, parent } = tablesOf(store)
  return sql<DueDay>`select d.${parent} as parent_id, d.day::timestamp at time zone 'UTC' as "from",
      (d.day + 1)::timestamp at time zone 'UTC' as "to", d.loose_rows,
      ${options.all === true ? sql`tenantry.clock()` : sql`tenantry.clock() - interval '24 hours'`} as received_before
    from ${days} d where ${ownRows(scope, undefined, 'd')} and d.due_at <= ${dueBefore(options)} order by d.due_at limit ${daysAtOnce}`
}

/** A day that is too large for one transaction is packed part by part. */
async function compactDay(scope: TenantScope, store: PointStore, day: DueDay): Promise<void> {
  const size = await scope.first(pointsOf(scope, store, day), { lane: 'slow' })
  const parts = Math.max(1, Math.ceil((size?.points ?? 0) / pointsAtOnce))
  const start = parseInstant(day.from) ?? 0
  for (let part = 0; part < parts; part++) {
    const span = {
      start: start + Math.floor((part * dayMicros) / parts),
      end: start + Math.floor(((part + 1) * dayMicros) / parts),
      receivedBefore: day.receivedBefore,
    }
    await holdingParent(scope, store, day.parentId, (held) => packSpan(held, store, day.parentId, span))
  }
}

function rowsOf(scope: TenantScope, store: PointStore, { parentId, from, to }: DueDay): SqlFragment {
  const { points, parent } = tablesOf(store)
  return sql`from ${points} p where ${ownRows(scope, undefined, 'p')} and p.${parent} = ${parentId}::uuid
    and p.last_at >= ${from}::timestamptz and p.first_at < ${to}::timestamptz`
}

function pointsOf(scope: TenantScope, store: PointStore, day: DueDay): SqlFragment<{ points: number }> {
  return sql<{ points: number }>`select coalesce(sum(p.count), 0)::int as points ${rowsOf(scope, store, day)}`
}

/** Notes what is left of a day: rows that came too late for this time, or too few to be worth it. */
function settleDay(scope: TenantScope, store: PointStore, day: DueDay): SqlFragment {
  const { days, parent } = tablesOf(store)
  const itself = sql`${ownRows(scope, undefined, 'd')} and d.${parent} = ${day.parentId}::uuid
    and d.day = (${day.from}::timestamptz at time zone 'UTC')::date`
  if (day.looseRows < worthIt) return sql`update ${days} d set due_at = null where ${itself}`
  return sql`with late as (
      select count(*)::int as rows ${rowsOf(scope, store, day)} and p.received_at >= ${day.receivedBefore}::timestamptz
    ),
    done as (delete from ${days} d using late where late.rows = 0 and ${itself})
    update ${days} d set loose_rows = late.rows, due_at = tenantry.clock() + interval '25 hours' from late where late.rows > 0 and ${itself}`
}
