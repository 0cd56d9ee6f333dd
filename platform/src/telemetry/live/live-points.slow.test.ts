import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../isolation/statement.ts'
import type { ScopeOptions, TenantScope } from '../../isolation/tenant-scope.ts'
import { newTenant, openShop, type Shop } from '../../resources/shop.test-support.ts'
import { farmTables, farmPoints as store } from '../farm.test-support.ts'
import { writePoints } from '../write-points.ts'
import { createLivePoints } from './live-points.ts'

let shop: Shop
let scope: TenantScope

beforeAll(async () => {
  shop = await openShop(farmTables)
  scope = await newTenant(shop.isolation, 'farm', { probes: 100 })
})
afterAll(() => shop?.close())

async function newField(of = scope): Promise<string> {
  const row = await of.first(sql<{ id: string }>`insert into farm.fields default values returning id`)
  return row?.id ?? ''
}

const tell = (series: unknown) => series

/** Reads until its signal ends it; answers all of the text. */
async function read(events: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(events)).join('')
}

test('twenty streams of a tenant are one poll, four times a second; without any the database is asked nothing', async () => {
  let polls = 0
  const counted = (options: ScopeOptions) => {
    polls += 1
    return shop.isolation.scope(options)
  }
  const live = createLivePoints({ scope: counted })
  const leaving = new AbortController()
  const fields = await Promise.all(Array.from({ length: 20 }, () => newField()))
  const reading = fields.map(async (field) => read(await live.follow(scope, store, field, { signal: leaving.signal, tell })))
  await sleep(2_000)
  const [field = ''] = fields
  await writePoints(scope, store, field, [{ pointType: 'co2', unit: 'ppm', name: '', time: Date.now() * 1_000, value: 417 }])
  await sleep(500)
  leaving.abort()
  const texts = await Promise.all(reading)
  expect(texts.filter((text) => text.includes('"value":417'))).toHaveLength(1)
  expect(polls).toBeGreaterThan(2)
  expect(polls).toBeLessThanOrEqual(11)
  const atTheEnd = polls
  await sleep(600)
  expect(polls).toBe(atTheEnd)
})

test('a stream that nobody begins to read counts for nothing, and one that was ended before begins and ends', async () => {
  const live = createLivePoints({ scope: shop.isolation.scope })
  const field = await newField()
  for (let n = 0; n < 60; n++) await live.follow(scope, store, field, { signal: new AbortController().signal, tell })
  expect(await read(await live.follow(scope, store, field, { signal: AbortSignal.abort(), tell }))).toMatch(/^retry: 2000\n\n/)
})

test('a limited actor has polls of his own, in his own reach', async () => {
  const opened: ScopeOptions[] = []
  const live = createLivePoints({
    scope: (options) => {
      opened.push(options)
      return shop.isolation.scope(options)
    },
  })
  const field = await newField()
  const limited = await shop.limited(scope, [field])
  const leaving = new AbortController()
  const reading = [scope, limited].map(async (each) =>
    read(await live.follow(each, store, field, { signal: leaving.signal, tell })),
  )
  await sleep(700)
  leaving.abort()
  await Promise.all(reading)
  const audiences = new Set(opened.map(({ reach, actor }) => (reach === 'all' ? reach : actor.id)))
  expect(audiences).toEqual(new Set(['all', limited.context.actor.id]))
})
