import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchOf, type UsageBench, usageBench } from './usage.test-support.ts'

let bench: UsageBench

beforeAll(async () => {
  bench = await usageBench()
})
afterAll(() => bench?.close())

const batches = 60

test('who is killed between sending and answer sends all of it again, and everything is counted once', async () => {
  const north = await bench.tenant()
  for (const heard of [0, 9, 23]) {
    const child = fork(new URL('./killed-reporter.test-support.ts', import.meta.url), {
      env: { ...process.env, DATABASE_URL: bench.database.appUrl, TENANT: north.tenant.id, BATCHES: `${batches}` },
      execArgv: [],
    })
    for (let sent = -1; sent < heard; ) [sent] = (await once(child, 'message')) as [number]
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  let [accepted, duplicates] = [0, 0]
  for (let n = 0; n < batches; n += 1) {
    const { body } = await north.report(...batchOf(n))
    accepted += body.accepted
    duplicates += body.duplicates
  }
  expect(accepted + duplicates).toBe(batches * 100)
  expect(duplicates).toBeGreaterThan(0)
  expect(accepted).toBeGreaterThan(0)
  const { rows } = await bench.superuser.query(
    `select (select count(*)::int from tenantry.usage_events where tenant_id = $1) as log,
      (select count(*)::int from tenantry.usage_keys where tenant_id = $1) as keys,
      (select sum(quantity)::int from tenantry.usage_hours where tenant_id = $1 and meter = 'transactions') as hours,
      (select sum(quantity)::int from tenantry.usage_days where tenant_id = $1 and meter = 'transactions') as days`,
    [north.tenant.id],
  )
  expect(rows).toEqual([{ log: 6_000, keys: 6_000, hours: 6_000, days: 6_000 }])
})
