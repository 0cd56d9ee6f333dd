import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDirectoryPool } from '../database/connect.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { farmPoints, farmTables } from './farm.test-support.ts'
import { PointKeeper } from './point-keeper.ts'
import { writePoints } from './write-points.ts'

const start = Date.UTC(2026, 0, 1) * 1_000

let shop: Shop
let pool: pg.Pool
let owner: pg.Client
let keepers: PointKeeper[] = []

beforeAll(async () => {
  shop = await openShop(farmTables)
  pool = createDirectoryPool(shop.database.directoryUrl)
  owner = new pg.Client({ connectionString: shop.database.superuserUrl })
  await owner.connect()
})
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.close()))
  keepers = []
})
afterAll(async () => {
  await owner?.end()
  await pool?.end()
  await shop?.close()
})

function keep(): void {
  const logger = pino({ level: 'silent' })
  keepers.push(new PointKeeper({ pool, scope: shop.isolation.scope, stores: [farmPoints], logger }))
}

async function write(scope: TenantScope, name: string): Promise<void> {
  const row =
    (await scope.first(sql<{ id: string }>`select id from farm.fields`)) ??
    (await scope.first(sql<{ id: string }>`insert into farm.fields (time_zone) values ('UTC') returning id`))
  await writePoints(scope, farmPoints, row?.id ?? '', [{ pointType: 'power', unit: 'kW', name, time: start, value: 1 }])
}

const tenant = () => newTenant(shop.isolation, 'farm', { probes: 100 })
const rollups = async (scope: TenantScope) => (await scope.run(sql`select series_id from farm.point_rollups`)).length
const work = async (scope: TenantScope) =>
  (
    await owner.query<{ seconds: number; claimed: boolean }>(
      `select case when due_at < 'infinity' then extract(epoch from due_at - tenantry.clock())::float8 end as seconds,
         claimed_until is not null as claimed from tenantry.work where tenant_id = $1 and kind = 'points:farm.points'`,
      [scope.context.tenantId],
    )
  ).rows[0]

/** Time passes: what waits for half a minute, or for minutes, is due now. */
async function dueNow(scope: TenantScope): Promise<void> {
  await scope.run(sql`update farm.point_marks set due_at = tenantry.clock()`)
  await owner.query(`update tenantry.work set due_at = tenantry.clock(), claimed_until = null where tenant_id = $1`, [
    scope.context.tenantId,
  ])
}

test('what was written is rolled up by itself, each tenant in its own scope', async () => {
  const tenants = [await tenant(), await tenant()]
  for (const scope of tenants) await write(scope, '')
  expect((await work(tenants[0] as TenantScope))?.seconds).toBeGreaterThan(20)
  for (const scope of tenants) await dueNow(scope)
  keep()
  keep()
  for (const scope of tenants) await expect.poll(() => rollups(scope), { timeout: 50_000 }).toBe(1)
})

test('a mark of work goes when nothing was left for minutes, and what a writer hid behind it is found before', async () => {
  const scope = await tenant()
  await write(scope, '')
  await dueNow(scope)
  keep()
  await expect.poll(() => rollups(scope), { timeout: 50_000 }).toBe(1)
  await expect.poll(async () => (await work(scope))?.claimed, { timeout: 50_000 }).toBe(false)
  // A day that waits for its chunks keeps the mark; without one it goes.
  await scope.run(sql`delete from farm.point_days`)
  await dueNow(scope)
  await expect.poll(() => work(scope), { timeout: 50_000 }).toBeUndefined()
})

test('the claim of a node that died comes back', async () => {
  const scope = await tenant()
  await write(scope, '')
  await dueNow(scope)
  await owner.query(
    `update tenantry.work set due_at = 'infinity', claimed_until = tenantry.clock() - interval '1 second' where tenant_id = $1`,
    [scope.context.tenantId],
  )
  keep()
  await expect.poll(() => rollups(scope), { timeout: 50_000 }).toBe(1)
})

test('whoever writes while work is due already does not wait for another writer of the tenant', async () => {
  const scope = await tenant()
  await write(scope, 'first')
  let release = () => {}
  const held = scope.transaction(async (transaction) => {
    await write(transaction, 'first')
    await new Promise<void>((resolve) => {
      release = resolve
      setTimeout(resolve, 10_000)
    })
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const begun = Date.now()
  await write(scope, 'first')
  expect(Date.now() - begun).toBeLessThan(5_000)
  release()
  await held
})
