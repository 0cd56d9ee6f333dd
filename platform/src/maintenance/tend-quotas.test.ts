import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { openQuotaBench, type QuotaBench } from '../quotas/quotas.test-support.ts'
import { maintain } from './maintain.ts'
import { ChangePruner } from './prune.ts'

let bench: QuotaBench
beforeAll(async () => {
  bench = await openQuotaBench()
  await bench.workbench.owner(`create table shop.desks (id uuid); select tenantry.enroll('shop.desks', counts => 'desks')`)
})
afterAll(() => bench?.close())

async function round() {
  const { adminUrl, directoryUrl } = bench.workbench.database
  const failures: unknown[] = []
  const report = await maintain('full', {
    adminUrl,
    directoryUrl,
    changes: new ChangePruner(),
    onFailure: (step, error) => failures.push([step, error]),
  })
  expect(failures).toEqual([])
  return report
}

test('a counter that says something else than what is there is mended, once a day, and told', async () => {
  const { workbench } = bench
  const [wrong, right] = [await workbench.newTenant({ desks: 10 }), await workbench.newTenant({ desks: 10 })]
  for (const tenant of [wrong, right]) await workbench.tenant(tenant, 'insert into shop.desks default values')
  await round()
  await workbench.everything(`update tenantry.counters set used = 7 where tenant_id = '${wrong}' and name = 'desks'; select 1`)
  expect((await round())?.countersMended).toEqual([])
  await bench.moveClock('25 hours')
  expect((await round())?.countersMended).toEqual([{ tenantId: wrong, name: 'desks' }])
  const used = `select used::int as used from tenantry.counters where name = 'desks'`
  expect([await workbench.tenant(wrong, used), await workbench.tenant(right, used)]).toEqual([[{ used: 1 }], [{ used: 1 }]])
  await bench.moveClock('0')
})

test('verdicts are kept for 72 hours, and a hold is not forgotten before it is long over', async () => {
  const scope = await bench.tenant({ scans: { max: 10 } })
  const { quotas } = bench
  await quotas.consume(scope, { meter: 'scans', quantity: 1, key: 'once' })
  await quotas.reserve(scope, { meter: 'scans', quantity: 2, key: 'held', seconds: 60 })
  const keys = async () =>
    (await scope.run(sql<{ key: string }>`select key from tenantry.quota_reservations order by key`)).map(({ key }) => key)
  await bench.moveClock('71 hours')
  await round()
  expect(await keys()).toEqual(['held', 'once'])
  await bench.moveClock('73 hours')
  await round()
  expect(await keys()).toEqual([])
  const [counter] = await scope.run(sql<{ used: number; reserved: number }>`select used, reserved from tenantry.quota_counters`)
  expect(counter).toEqual({ used: 1, reserved: 0 })
  await bench.moveClock('0')
})
