import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../resources/shop.test-support.ts'
import { onBothStores } from './both-stores.test-support.ts'
import { farmTables } from './farm.test-support.ts'
import { type PackedRow, RowPacker } from './packed-row.ts'
import type { OpenPointStore } from './point-store.ts'
import { readPoints } from './read-points.ts'
import { writeLots } from './write-points.ts'

onBothStores((place) => {
  let store: OpenPointStore
  let shop: Shop
  let mine: TenantScope
  let theirs: TenantScope
  let fields: string[]

  beforeAll(async () => {
    store = await place.open()
    shop = await openShop(farmTables)
    mine = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
    theirs = await newTenant(shop.isolation, 'farm', { probes: 1_000 })
  })
  afterAll(() => shop?.close())
  afterAll(() => place.close())
  beforeEach(async () => {
    fields = [await newField(mine), await newField(mine)]
  })

  async function newField(scope: TenantScope): Promise<string> {
    const row = await scope.first(sql<{ id: string }>`insert into farm.fields (time_zone) values ('UTC') returning id`)
    return row?.id ?? ''
  }

  /** One point each at the seconds told, since 2023. */
  function rows(...seconds: number[]): readonly PackedRow[] {
    const packer = new RowPacker()
    for (const second of seconds) {
      packer.add({ pointType: 'moisture', unit: '', name: '', time: (1_700_000_000 + second) * 1_000_000, value: second })
    }
    return packer.finish()
  }

  async function held(): Promise<number[]> {
    const counts = []
    for (const id of fields) {
      const { points } = await readPoints(mine, store, id, { start: 1_700_000_000_000_000, end: 1_700_001_000_000_000 })
      counts.push((await Array.fromAsync(points)).length)
    }
    return counts
  }

  const lots = (second: string) => [
    { parentId: fields[0] ?? '', rows: rows(1, 2) },
    { parentId: second, rows: rows(3) },
  ]

  test('points of several parents are stored together', async () => {
    expect(await writeLots(mine, store, lots(fields[1] ?? ''))).toEqual({ stored: 3 })
    expect(await held()).toEqual([2, 1])
  })

  test('a parent of another tenant, or one that never was, takes all the others with it', async () => {
    for (const foreign of [await newField(theirs), '018f0000-0000-7000-8000-000000000000']) {
      await expect(writeLots(mine, store, lots(foreign))).rejects.toMatchObject({
        code: 'not_found',
        members: { objectId: foreign },
      })
    }
    expect(await held()).toEqual([0, 0])
  })

  test('a point too far ahead for one parent refuses those of all', async () => {
    const ahead = rows(4_000_000_000)
    await expect(
      writeLots(mine, store, [...lots(fields[1] ?? ''), { parentId: fields[1] ?? '', rows: ahead }]),
    ).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await held()).toEqual([0, 0])
  })
})
