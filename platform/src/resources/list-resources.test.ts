import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { AnyResource } from './columns.ts'
import { type ListQuery, listResources } from './list-resources.ts'
import { createResource } from './operations.ts'
import { customers, openShop, orders, type Shop } from './shop.test-support.ts'

let shop: Shop
let mine: TenantScope
const ids = new Map<string, string>()

const people = [
  ['Ada Lovelace', 'London'],
  ['Grace Hopper', 'New York'],
  ['Alan Turing', 'London'],
  ['Barbara Liskov', 'Los Angeles'],
  ['Łukasz Żółć', 'Łódź'],
] as const

beforeAll(async () => {
  shop = await openShop()
  mine = await shop.tenant()
  const theirs = await shop.tenant()
  await createResource(theirs, customers, { name: 'Ada Elsewhere', city: 'London' })
  for (const [index, [name, city]] of people.entries()) {
    const { id } = await createResource(mine, customers, { name, city, rating: index, active: index !== 2 })
    ids.set(name, id)
    for (const amount of [index, index]) await createResource(mine, orders, { customerId: id, amount })
  }
})
afterAll(() => shop?.close())

/** Everything, page by page, with the cursor handed on as a client would. */
async function names(query: Partial<ListQuery>, resource: AnyResource = customers, scope = mine): Promise<unknown[]> {
  const found: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await listResources(scope, resource, { limit: 2, ...query, cursor })
    found.push(...page.items.map((row) => row.name ?? row.amount))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return found
}

test("lists the tenant's own, oldest first, page by page", async () => {
  expect(await names({})).toEqual(people.map(([name]) => name))
})

test('sorts by a declared field either way', async () => {
  const sorted = await names({ sort: 'name' })
  expect(new Set(sorted)).toEqual(new Set(people.map(([name]) => name)))
  expect(await names({ sort: '-name' })).toEqual(sorted.toReversed())
})

test('equals neither repeat nor get lost between pages', async () => {
  expect(await names({ sort: 'amount', limit: 3 }, orders)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
  expect(await names({ sort: '-amount', limit: 3 }, orders)).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0])
})

test('filters by what was declared', async () => {
  expect(await names({ active: false })).toEqual(['Alan Turing'])
  expect(await names({ ratingMin: 1, ratingMax: 3 })).toEqual(['Grace Hopper', 'Alan Turing', 'Barbara Liskov'])
  expect(await names({ customerId: ids.get('Ada Lovelace'), amountMax: 0 }, orders)).toEqual([0, 0])
})

test('finds what has, for every typed word, a word that begins with it', async () => {
  expect(await names({ search: 'lon' })).toEqual(['Ada Lovelace', 'Alan Turing'])
  expect(await names({ search: 'LON ad' })).toEqual(['Ada Lovelace'])
  expect(await names({ search: 'łód' })).toEqual(['Łukasz Żółć'])
  expect(await names({ search: 'ondon' })).toEqual([])
  expect(await names({ search: '%' })).toEqual([])
  expect(await names({ search: 'lon', active: true })).toEqual(['Ada Lovelace'])
})

test('shows what has two fitting words once, over pages', async () => {
  // "l" begins London and Lovelace, Liskov and Los.
  const found = await names({ search: 'l', limit: 1 })
  expect(found.toSorted()).toEqual(['Ada Lovelace', 'Alan Turing', 'Barbara Liskov'])
})

test('several words find the same over pages, whichever of them is the rarest', async () => {
  expect((await names({ search: 'lon a', limit: 1 })).toSorted()).toEqual(['Ada Lovelace', 'Alan Turing'])
  expect((await names({ search: 'lo l a', limit: 1 })).toSorted()).toEqual(['Ada Lovelace', 'Alan Turing', 'Barbara Liskov'])
})

test('a cursor of another query is refused', async () => {
  const { nextCursor } = await listResources(mine, customers, { limit: 1 })
  await expect(listResources(mine, customers, { limit: 1, sort: 'name', cursor: nextCursor ?? '' })).rejects.toMatchObject({
    code: 'invalid_cursor',
  })
})

test('a limited actor lists and finds only what was granted', async () => {
  const limited = await shop.limited(mine, [ids.get('Alan Turing') ?? ''])
  expect(await names({}, customers, limited)).toEqual(['Alan Turing'])
  expect(await names({ search: 'lon' }, customers, limited)).toEqual(['Alan Turing'])
  expect(await names({}, orders, limited)).toEqual([2, 2])
})
