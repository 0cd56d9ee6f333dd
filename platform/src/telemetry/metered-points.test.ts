import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { createQuotaService, type QuotaService } from '../quotas/quotas.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { onBothStores } from './both-stores.test-support.ts'
import { farmTables } from './farm.test-support.ts'
import type { OpenPointStore, Point } from './point-store.ts'
import { readPoints } from './read-points.ts'
import { writePoints } from './write-points.ts'

const start = 1_700_000_000
const points = (count: number, from = 0): Point[] =>
  Array.from({ length: count }, (_, n) => ({
    pointType: 'moisture',
    unit: '',
    name: '',
    time: (start + from + n) * 1_000_000,
    value: n,
  }))

onBothStores((place) => {
  let store: OpenPointStore
  let shop: Shop
  let mine: TenantScope
  let quotas: QuotaService
  let field: string

  beforeAll(async () => {
    shop = await openShop(farmTables)
    quotas = createQuotaService(shop.isolation)
    const metering = { quotas, isMetered: async (tenantId: string) => tenantId === mine.context.tenantId }
    store = { ...(await place.open()), meter: 'points', metering }
  })
  afterAll(async () => {
    await quotas?.leases.close()
    await shop?.close()
  })
  afterAll(() => place.close())
  beforeEach(async () => {
    mine = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
    await mine.run(
      sql`insert into tenantry.limits (name, max, mode, kind, period) values ('points', 10, 'hard', 'metered', 'month')`,
    )
    field = await newField(mine)
  })

  async function newField(scope: TenantScope): Promise<string> {
    return (await scope.first(sql<{ id: string }>`insert into farm.fields default values returning id`))?.id ?? ''
  }

  const used = async () => {
    const { used: taken, reserved } = await quotas.check(mine, 'points')
    return { taken, reserved }
  }
  const held = async (scope = mine, id = field) => {
    const found = await readPoints(scope, store, id, { start: start * 1_000_000, end: (start + 1_000) * 1_000_000 })
    return (await Array.fromAsync(found.points)).length
  }

  test('[IIOT-5] points are taken from the month; a call that does not fit is refused whole, and nothing of it is stored', async () => {
    expect(await writePoints(mine, store, field, points(8))).toEqual({ stored: 8 })
    await expect(writePoints(mine, store, field, points(3, 100))).rejects.toMatchObject({
      code: 'quota_exceeded',
      members: { limit: 'points', max: 10, used: 8, remaining: 2 },
    })
    expect(await used()).toEqual({ taken: 8, reserved: 0 })
    expect(await held()).toBe(8)
    expect(await writePoints(mine, store, field, points(2, 100))).toEqual({ stored: 2 })
    expect(await used()).toEqual({ taken: 10, reserved: 0 })
  })

  test('what is refused for another reason costs nothing', async () => {
    const elsewhere = '018f0000-0000-7000-8000-000000000000'
    await expect(writePoints(mine, store, elsewhere, points(3))).rejects.toMatchObject({ code: 'not_found' })
    const ahead = points(1).map((each) => ({ ...each, time: 4_000_000_000_000_000 }))
    await expect(writePoints(mine, store, field, ahead)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await used()).toEqual({ taken: 0, reserved: 0 })
  })

  test('a named lot that is sent again is charged once, and is no refusal where nothing is left', async () => {
    expect(await writePoints(mine, store, field, points(10), { batch: 'a' })).toEqual({ stored: 10 })
    expect(await writePoints(mine, store, field, points(10), { batch: 'a' })).toEqual({ stored: 0 })
    expect(await used()).toEqual({ taken: 10, reserved: 0 })
    expect(await held()).toBe(10)
  })

  test('of many calls at once as many are stored as the quota holds, and no more', async () => {
    const calls = Array.from({ length: 12 }, (_, n) => writePoints(mine, store, field, points(2, n * 10)))
    const answers = await Promise.allSettled(calls)
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'quota_exceeded' })
    }
    expect(await used()).toEqual({ taken: 10, reserved: 0 })
    expect(await held()).toBe(10)
  })

  test('a tenant whose plan does not meter points is asked nothing', async () => {
    const other = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
    const own = await newField(other)
    expect(await writePoints(other, store, own, points(50))).toEqual({ stored: 50 })
    expect(await held(other, own)).toBe(50)
  })
})
