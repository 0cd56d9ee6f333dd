import { randomUUID } from 'node:crypto'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { sql } from '../../platform/src/isolation/statement.ts'
import type { TenantScope } from '../../platform/src/isolation/tenant-scope.ts'
import { recordUsage } from '../../platform/src/usage/record-usage.ts'
import type { NewUsageEvent } from '../../platform/src/usage/usage-event.ts'
import { makeCustomers } from '../database/customers.ts'
import { onServer } from '../database/installation.ts'
import { interleave } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { least, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const
const meter = 'transactions'
const batchSize = 1_000
const inFlight = 8
const fleet = 1_000
/** One batch in twenty is sent twice. */
const everyTwentieth = 20

/** Reported events that are kept, summed and found again, beside the same one by one: both wait for the disk. */
export const usageEvents: Part = {
  name: 'usage',
  title: `Usage taken in, events per second: batches of ${batchSize.toLocaleString('en')}, 5 % of them sent twice, beside single inserts`,
  run: measureUsage,
}

async function measureUsage({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const customers = await makeCustomers(installation, fleet + 2, 0)
  await onServer(installation.superuserUrl, (client) =>
    client.query(
      `insert into tenantry.limits (tenant_id, name, max, kind, period) select id, $2, null, 'metered', 'month' from unnest($1::uuid[]) id`,
      [customers.map(({ tenantId }) => tenantId), meter],
    ),
  )
  await using open = new AsyncDisposableStack()
  const isolation = open.adopt(createIsolation({ url: installation.appUrl, lanes: { write: { clients: inFlight } } }), (each) =>
    each.close(),
  )
  const [batched, single, ...many] = customers.map(({ tenantId }) => isolation.scope({ tenantId, actor })) as [
    TenantScope,
    TenantScope,
    ...TenantScope[],
  ]
  const accepted = new Map<TenantScope, number>()
  const take = async (scope: TenantScope, events: readonly NewUsageEvent[]) => {
    const verdicts = await recordUsage(scope, events)
    const fresh = verdicts.filter(({ verdict }) => verdict === 'accepted').length
    accepted.set(scope, (accepted.get(scope) ?? 0) + fresh)
  }

  const batches = quick ? 40 : 100
  const singles = quick ? 100 : 300
  const measured = await interleave(
    [
      { name: 'batched', measure: () => perSecond(batches * batchSize, () => inTurn(batchesOf([batched], batches), take)) },
      { name: 'single', measure: () => perSecond(singles, () => oneByOne(single, singles, take)) },
    ],
    quick ? 3 : 5,
  )
  const fleetRate = await perSecond(fleet * batchSize * (quick ? 0.1 : 0.4), () =>
    inTurn(batchesOf(many, fleet, quick ? 100 : 400), take),
  )
  for (const scope of [batched, single, ...many.slice(0, 20)]) await requireExact(scope, accepted.get(scope) ?? 0)

  const rates = (name: string) => measured.get(name) ?? []
  const rate = (value: number) => `${Math.round(value).toLocaleString('en')}/s`
  return [
    {
      name: `one tenant, ${inFlight} batches in flight`,
      ours: rate(median(rates('batched'))),
      peer: rate(median(rates('single'))),
      ...ofRounds(ratios(rates('batched'), rates('single'))),
      floor: least(30),
    },
    { name: `  ${fleet.toLocaleString('en')} tenants at once, a batch of ${quick ? 100 : 400} each`, ours: rate(fleetRate) },
  ]
}

type Take = (scope: TenantScope, events: readonly NewUsageEvent[]) => Promise<void>
type Batch = readonly [TenantScope, readonly NewUsageEvent[]]

const eventsOf = (count: number): NewUsageEvent[] =>
  Array.from({ length: count }, () => ({ key: randomUUID(), meter, quantity: 1 }))

/** So many, of these tenants in turn; each twentieth comes once more. */
function batchesOf(scopes: readonly TenantScope[], count: number, size = batchSize): Batch[] {
  const fresh = Array.from({ length: count }, (_, n): Batch => [scopes[n % scopes.length] as TenantScope, eventsOf(size)])
  return fresh.flatMap((batch, n) => (n % everyTwentieth === 0 ? [batch, batch] : [batch]))
}

async function inTurn(batches: readonly Batch[], take: Take): Promise<void> {
  const waiting = batches.values()
  const worker = async () => {
    for (const [scope, events] of waiting) await take(scope, events)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

async function oneByOne(scope: TenantScope, count: number, take: Take): Promise<void> {
  for (const event of eventsOf(count)) await take(scope, [event])
}

/** Of events that are new: what comes twice is work, and no result. */
async function perSecond(events: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (events * 1_000) / (performance.now() - began)
}

async function requireExact(scope: TenantScope, expected: number): Promise<void> {
  const [sums] = await scope.run(
    sql<{ log: number; hours: number; days: number }>`select (select count(*)::int from tenantry.usage_events) as log,
      (select sum(quantity)::int from tenantry.usage_hours) as hours, (select sum(quantity)::int from tenantry.usage_days) as days`,
    { lane: 'slow' },
  )
  const told = [sums?.log, sums?.hours, sums?.days]
  if (told.some((sum) => sum !== expected))
    throw new Error(`${expected} events were accepted, and counted as ${told.join(', ')}.`)
}
