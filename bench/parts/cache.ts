import { createTenantry, sql, type Tenantry } from 'tenantry'
import { redisMissing, testRedis } from '../../platform/src/testing/test-redis.ts'
import { readTraffic } from '../../platform/src/traffic/traffic-queries.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { makeCustomers } from '../database/customers.ts'
import { interleave, type Side } from '../interleave.ts'
import type { Bench, Part } from '../part.ts'
import { least, type Result } from '../result.ts'
import { median, ofRounds, ratios } from '../statistics.ts'

const actor = { kind: 'key', id: '018f0000-0000-7000-8000-0000000000cc' } as const
const tenants = 20
/** Asked for at one moment. */
const inFlight = 16

/** What a kept answer saves: a tenant's traffic of a day, worked out by PostgreSQL each time, or found. */
export const cache: Part = {
  name: 'cache',
  title: "The tenants' cache: a day's traffic from it, beside working it out",
  run: measureCache,
}

async function measureCache({ installation, quick, note }: Bench): Promise<Omit<Result, 'part'>[]> {
  const customers = await makeCustomers(installation, tenants, 1)
  await using open = new AsyncDisposableStack()
  const start = async (redisUrl?: string): Promise<Tenantry> => {
    const configuration = { logLevel: 'silent' as const, ...(redisUrl === undefined ? {} : { redisUrl }) }
    const made = await createTenantry({ databaseUrl: installation.appUrl, systems: [bms], configuration })
    return open.adopt(made, (each) => each.close())
  }
  const alone = await start()
  for (const { tenantId } of customers) {
    await alone.scope({ tenantId, actor }).run(sql`
      insert into tenantry.traffic (slot, requests, client_errors, server_errors, quota_refusals, sign_ins, received_bytes, milliseconds, durations)
      select date_bin('5 minutes', tenantry.clock(), 'epoch') - i * interval '5 minutes', 100, 1, 1, 1, 1, 1000, 500,
             array[50,30,10,5,2,1,1,1,0,0,0,0]::bigint[] from generate_series(0, 287) i on conflict do nothing`)
  }
  const side = (name: string, read: (tenantId: string) => Promise<unknown>): Side<number> => ({
    name,
    measure: () => perSecond(customers, quick ? 200 : 400, read),
  })
  const found = (tenantry: Tenantry) => (tenantId: string) =>
    tenantry.services.traffic.of(tenantry.scope({ tenantId, actor }), 24)
  const sides = [
    side('worked out', (tenantId) => readTraffic(alone.scope({ tenantId, actor }), 24, 60)),
    side('in the process', found(alone)),
  ]
  if (redisMissing === undefined) {
    const redis = open.adopt(await testRedis(), (each) => each.stop())
    sides.push(side('on Redis', found(await start(redis.url))))
  } else {
    note(redisMissing)
  }
  const rates = await interleave(sides, quick ? 5 : 15)
  const of = (name: string) => rates.get(name) ?? []
  const shown = (name: string) => `${Math.round(median(of(name))).toLocaleString('en')}/s`
  const line = (name: string, floor: number): Omit<Result, 'part'> => {
    const compared = ofRounds(ratios(of(name), of('worked out')))
    return {
      name: `${name}, beside working it out`,
      ours: shown(name),
      peer: shown('worked out'),
      ...compared,
      floor: least(floor),
    }
  }
  return [line('in the process', 5), ...(rates.has('on Redis') ? [line('on Redis', 1.5)] : [])]
}

async function perSecond(
  customers: readonly { readonly tenantId: string }[],
  count: number,
  read: (tenantId: string) => Promise<unknown>,
): Promise<number> {
  const began = performance.now()
  let begun = 0
  const reader = async () => {
    while (begun < count) {
      const customer = customers[begun++ % customers.length]
      if (customer !== undefined) await read(customer.tenantId)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, reader))
  return count / ((performance.now() - began) / 1_000)
}
