import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { openQuotaBench, type QuotaBench } from './quotas.test-support.ts'
import type { QuotaService } from './quotas.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await openQuotaBench()
})
afterEach(() => bench.moveClock('0'))
afterAll(() => bench?.close())

/** How many of so many calls were let through. */
async function call({ leases }: QuotaService, { context }: TenantScope, times: number): Promise<number> {
  let taken = 0
  for (let n = 0; n < times; n++) {
    try {
      await leases.take(context.tenantId, 'calls')
      taken++
    } catch (error) {
      expect(error).toMatchObject({ code: 'quota_exceeded', members: { limit: 'calls', remaining: 0 } })
    }
  }
  return taken
}
const used = async (scope: TenantScope) => (await bench.quotas.check(scope, 'calls')).used

test('three nodes together give out exactly what the limit allows, block by block', async () => {
  const scope = await bench.tenant({ calls: { max: 500 } })
  const nodes = [bench.another(), bench.another(), bench.another()]
  const taken = await Promise.all(nodes.map((node) => call(node, scope, 400)))
  expect(taken.reduce((sum, each) => sum + each, 0)).toBe(500)
  expect(await used(scope)).toBe(500)
})

test('what a node has not given out goes back when it stops, and only then', async () => {
  const scope = await bench.tenant({ calls: { max: 1_000 } })
  const node = bench.another()
  await call(node, scope, 3)
  expect(await used(scope)).toBeGreaterThan(3)
  await node.leases.close()
  expect(await used(scope)).toBe(3)
})

test('what a crashed node never reported counts as used, and its lease cannot be given back later', async () => {
  const scope = await bench.tenant({ calls: { max: 80 } })
  const node = bench.another()
  await call(node, scope, 1)
  const granted = await used(scope)
  await bench.moveClock('1 minute')
  await node.leases.close()
  expect(await used(scope)).toBe(granted)
})

test('blocks shrink with what is left, so that no node sits on the last of a quota', async () => {
  const scope = await bench.tenant({ calls: { max: 16 } })
  await call(bench.another(), scope, 1)
  const [lease] = await scope.run(sql<{ granted: number }>`select granted from tenantry.quota_leases`)
  expect(lease?.granted).toBe(2)
})

test('a call that was in vain is given back', async () => {
  const scope = await bench.tenant({ calls: { max: 3 } })
  const node = bench.another()
  expect(await call(node, scope, 1)).toBe(1)
  node.leases.giveBack(scope.context.tenantId, 'calls')
  expect(await call(node, scope, 5)).toBe(3)
})

test('a block ends with its period', async () => {
  const scope = await bench.tenant({ calls: { max: 100, period: 'hour' } })
  await call(bench.another(), scope, 1)
  const [row] = await scope.run(sql<{ inside: boolean }>`
    select bool_and(l.expires_at <= c.period_end) as inside from tenantry.quota_leases l
      join tenantry.quota_counters c on c.meter = l.meter and c.period_start = l.period_start`)
  expect(row?.inside).toBe(true)
  await bench.moveClock('1 hour')
  await call(bench.another(), scope, 1)
  expect(await used(scope)).toBeLessThan(100)
})

test('a soft limit refuses no call, and what is unlimited is counted', async () => {
  const soft = await bench.tenant({ calls: { max: 2, mode: 'soft' } })
  const unlimited = await bench.tenant({ calls: { max: null } })
  const node = bench.another()
  expect([await call(node, soft, 50), await call(node, unlimited, 50)]).toEqual([50, 50])
  await node.leases.close()
  expect([await used(soft), await used(unlimited)]).toEqual([50, 50])
})
