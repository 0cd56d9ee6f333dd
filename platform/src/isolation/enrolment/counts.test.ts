import { afterAll, beforeAll, expect, test } from 'vitest'
import { contextOf, inTransaction, openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
  await bench.owner(
    `create table shop.desks (id uuid, room uuid, name text unique); select tenantry.enroll('shop.desks', counts => 'desks');
     create table shop.rooms (id uuid); select tenantry.enroll('shop.rooms');
     create table shop.chairs (id uuid, room uuid); select tenantry.enroll('shop.chairs', counts => 'chairs', parents => '{"room": "shop.rooms"}')`,
  )
})
afterAll(() => bench.close())

const state = async (tenant: string, name = 'desks') =>
  (
    await bench.everything(
      `select (select used::int from tenantry.counters where tenant_id = '${tenant}' and name = '${name}') as used,
         (select count(*)::int from shop.${name} where tenant_id = '${tenant}') as rows`,
    )
  )[0]

test('sixteen inserters at once reach the limit exactly, and none goes over', async () => {
  const tenant = await bench.newTenant({ desks: 100 })
  const outcomes = await bench.inParallel(16, async (client) => {
    let refused = 0
    for (let round = 0; round < 12; round++) {
      const rows = 1 + (round % 3)
      await inTransaction(
        client,
        [contextOf(tenant, {})],
        `insert into shop.desks (name) select gen_random_uuid() from generate_series(1, ${rows})`,
      ).catch((error: { code?: string }) => {
        expect(error.code).toBe('TN002')
        refused++
      })
    }
    return refused
  })
  expect(outcomes.reduce((sum, refused) => sum + refused, 0)).toBeGreaterThan(0)
  expect(await state(tenant)).toEqual({ used: 100, rows: 100 })
})

test('a refusal says which limit, how much of it is used and what was asked, and leaves no trace', async () => {
  const tenant = await bench.newTenant({ desks: 3 })
  await bench.tenant(tenant, `insert into shop.desks (name) values ('a'), ('b')`)
  const error = await bench
    .tenant(tenant, `insert into shop.desks (name) values ('c'), ('d')`)
    .catch((refusal: unknown) => refusal)
  expect(error).toMatchObject({ code: 'TN002' })
  expect(JSON.parse((error as { detail: string }).detail)).toEqual({ limit: 'desks', max: 3, used: 2, requested: 2 })
  expect(await state(tenant)).toEqual({ used: 2, rows: 2 })
})

test('deleting releases, and so does what a parent takes with it', async () => {
  const tenant = await bench.newTenant({ desks: 2, chairs: 5 })
  await bench.tenant(tenant, `insert into shop.desks (name) values ('a'), ('b')`)
  await bench.tenant(tenant, `delete from shop.desks where name = 'a'`)
  await bench.tenant(tenant, `insert into shop.desks (name) values ('c')`)
  expect(await state(tenant)).toEqual({ used: 2, rows: 2 })

  await bench.tenant(tenant, `with room as (insert into shop.rooms default values returning id) select id from room`)
  await bench.tenant(tenant, 'insert into shop.chairs (room) select id from shop.rooms, generate_series(1, 5)')
  await bench.tenant(tenant, 'delete from shop.rooms')
  expect(await state(tenant, 'chairs')).toEqual({ used: 0, rows: 0 })
})

test('an upsert counts what it inserts and not what it updates', async () => {
  const tenant = await bench.newTenant({ desks: 3 })
  await bench.tenant(tenant, `insert into shop.desks (name) values ('a'), ('b')`)
  await bench.tenant(
    tenant,
    `insert into shop.desks (name) values ('a'), ('c') on conflict (tenant_id, name) do update set name = excluded.name`,
  )
  expect(await state(tenant)).toEqual({ used: 3, rows: 3 })
})

test('a soft limit lets through and keeps counting; null is unlimited', async () => {
  const tenant = await bench.newTenant({ desks: 1, chairs: null })
  await bench.tenant(tenant, `update tenantry.limits set mode = 'soft' where name = 'desks'`)
  await bench.tenant(tenant, `insert into shop.desks (name) values ('a'), ('b')`)
  expect(await state(tenant)).toEqual({ used: 2, rows: 2 })
  await bench.tenant(tenant, 'insert into shop.chairs (room) select null from generate_series(1, 1000)')
  expect(await state(tenant, 'chairs')).toEqual({ used: 1000, rows: 1000 })
})

test('a missing limit or counter refuses', async () => {
  const tenant = await bench.newTenant()
  await expect(bench.tenant(tenant, `insert into shop.desks (name) values ('a')`)).rejects.toMatchObject({ code: 'TN002' })
  const other = await bench.newTenant({ desks: 5 })
  await bench.owner('delete from tenantry.counters', other)
  await expect(bench.tenant(other, `insert into shop.desks (name) values ('a')`)).rejects.toMatchObject({ code: 'TN002' })
})

test("a limited actor's rows count like everybody's", async () => {
  const tenant = await bench.newTenant({ desks: 1 })
  await bench.tenant(tenant, `insert into shop.desks (name) values ('a')`, { reach: 'granted' })
  await expect(bench.tenant(tenant, `insert into shop.desks (name) values ('b')`, { reach: 'granted' })).rejects.toMatchObject({
    code: 'TN002',
  })
})
