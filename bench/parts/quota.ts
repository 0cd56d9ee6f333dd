import { Child } from '../child.ts'
import { makeCustomers } from '../database/customers.ts'
import { onServer } from '../database/installation.ts'
import { interleave } from '../interleave.ts'
import type { Taken, TakingOrder } from '../load/quota-taker.ts'
import type { Bench, Part } from '../part.ts'
import { least, most, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

/** One hot meter: every request wants the same row. */
export const quota: Part = {
  name: 'quota',
  title: 'One hot quota: two processes, 256 requests in flight, every verdict kept, beside one conditional UPDATE each',
  run: measureQuota,
}

const inFlight = 128

async function measureQuota({ installation, quick }: Bench): Promise<Omit<Result, 'part'>[]> {
  const [customer] = await makeCustomers(installation, 1, 1)
  if (customer === undefined) throw new Error('There is no customer.')
  const { tenantId } = customer
  await onServer(installation.superuserUrl, async (client) => {
    await client.query(
      `insert into tenantry.limits (tenant_id, name, max, kind, period)
       values ($1, 'hot', 1000000000, 'metered', 'month'), ($1, 'leased', 1000000000, 'metered', 'month')`,
      [tenantId],
    )
  })
  await onServer(installation.plainSuperuserUrl, async (client) => {
    await client.query('create table if not exists quota_rows (id uuid primary key, used bigint not null, max bigint not null)')
    await client.query('grant select, update on quota_rows to public')
    await client.query('insert into quota_rows values ($1, 0, 1000000000)', [tenantId])
  })
  await using open = new AsyncDisposableStack()
  const takers = [1, 2].map(() =>
    open.adopt(new Child(new URL('../load/quota-taker.ts', import.meta.url)), (each) => each.stop()),
  )
  const waits: number[] = []
  let admitted = 0
  const together = async (kind: 'admit' | 'update' | 'lease', order: TakingOrder) => {
    const shares = await Promise.all(takers.map((taker) => taker.ask<Taken>(kind, order)))
    if (kind === 'admit') {
      waits.push(...shares.map(({ p99 }) => p99))
      admitted += shares.reduce((sum, { taken }) => sum + taken, 0)
    }
    return shares.reduce((sum, { taken, seconds }) => sum + taken / seconds, 0)
  }
  const milliseconds = quick ? 500 : 2_000
  const order = { url: installation.appUrl, tenantId, meter: 'hot', inFlight, milliseconds }
  const rates = await interleave(
    [
      { name: 'update', measure: () => together('update', { ...order, url: installation.plainUrl }) },
      { name: 'admit', measure: () => together('admit', order) },
      { name: 'lease', measure: () => together('lease', { ...order, meter: 'leased' }) },
    ],
    quick ? 3 : 7,
  )
  const used = await onServer(installation.superuserUrl, async (client) => {
    const { rows } = await client.query<{ used: number; kept: number }>(
      `select used::float8 as used, (select count(*)::float8 from tenantry.quota_reservations where tenant_id = $1) as kept
         from tenantry.quota_counters where tenant_id = $1 and meter = 'hot'`,
      [tenantId],
    )
    return rows[0] ?? { used: 0, kept: 0 }
  })
  if (used.used !== admitted || used.kept !== admitted) {
    throw new Error(`${admitted} were admitted, ${used.used} are used, ${used.kept} verdicts are kept.`)
  }
  const of = (name: string) => rates.get(name) ?? []
  const beside = (name: string) => ({
    ours: `${median(of(name)).toFixed(0)}/s`,
    peer: `${median(of('update')).toFixed(0)}/s`,
    ...ofRounds(ratios(of(name), of('update'))),
  })
  return [
    { name: 'exact admissions beside the guarded UPDATE', ...beside('admit'), floor: least(25), aim: least(40) },
    { name: '  p99 of an admission', ours: `${median(waits).toFixed(0)} ms`, figure: median(waits), floor: most(50) },
    { name: '  used is what was admitted', ours: `${used.used} of ${admitted}` },
    { name: 'leased calls beside the guarded UPDATE', ...beside('lease'), floor: least(300) },
  ]
}
