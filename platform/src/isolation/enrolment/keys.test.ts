import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

/** Definitions of a table's keys and indexes, by name, without their schema. */
async function keysOf(table: string): Promise<Record<string, string>> {
  const rows = await bench.everything(
    `select c.relname as name, coalesce(
       (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u')),
       substring(pg_get_indexdef(i.indexrelid) from 'USING (.*)$')) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = '${table}'::regclass`,
  )
  return Object.fromEntries(rows.map((row) => [row.name, row.definition]))
}

test('the primary key is led by the tenant and keeps its name', async () => {
  await bench.owner(
    `create table shop.orders (number bigint constraint order_key primary key); select tenantry.enroll('shop.orders')`,
  )
  expect(await keysOf('shop.orders')).toEqual({ order_key: 'PRIMARY KEY (tenant_id, number)' })
})

test('a table with an id and no primary key gets one, and ids of version 7', async () => {
  await bench.owner(`create table shop.bare (id uuid, name text); select tenantry.enroll('shop.bare')`)
  expect(await keysOf('shop.bare')).toEqual({ bare_pkey: 'PRIMARY KEY (tenant_id, id)' })
  const tenant = await bench.newTenant()
  const rows = await bench.tenant(tenant, `insert into shop.bare (name) select 'x' from generate_series(1, 50) returning id`)
  const ids = rows.map((row) => String(row.id))
  expect(new Set(ids).size).toBe(50)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a table without any key still begins an index with the tenant', async () => {
  await bench.owner(`create table shop.lines (text text); select tenantry.enroll('shop.lines')`)
  expect(await keysOf('shop.lines')).toEqual({ lines_tenant_id_idx: 'btree (tenant_id)' })
})

test('deferrable, covering and null-aware uniques keep all they had', async () => {
  await bench.owner(
    `create table shop.things (id uuid primary key deferrable initially deferred, code text, place int, note text,
       constraint code_once unique (code) include (note) deferrable, constraint place_once unique nulls not distinct (place));
     select tenantry.enroll('shop.things')`,
  )
  expect(await keysOf('shop.things')).toEqual({
    things_pkey: 'PRIMARY KEY (tenant_id, id) DEFERRABLE INITIALLY DEFERRED',
    code_once: 'UNIQUE (tenant_id, code) INCLUDE (note) DEFERRABLE',
    place_once: 'UNIQUE NULLS NOT DISTINCT (tenant_id, place)',
  })
})

test('partial and expression uniques keep all they had, however they are named', async () => {
  await bench.owner(
    `create table shop."odd USING btree (" (id uuid primary key, email text, gone timestamptz);
     create unique index "one % (mail)" on shop."odd USING btree (" (lower(email)) include (gone) where gone is null;
     create index plain on shop."odd USING btree (" (email);
     select tenantry.enroll('shop."odd USING btree ("')`,
  )
  expect(await keysOf('shop."odd USING btree ("')).toMatchObject({
    'one % (mail)': expect.stringContaining('(tenant_id, lower(email)) INCLUDE (gone) WHERE (gone IS NULL)'),
    plain: expect.stringContaining('(email)'),
  })
})

test('what is made unique across tenants after enrolment stays so when the table is enrolled again', async () => {
  await bench.owner(
    `create table shop.hosts (id uuid primary key, host text); select tenantry.enroll('shop.hosts');
     create unique index hosts_host on shop.hosts (host); select tenantry.enroll('shop.hosts', audit => true)`,
  )
  expect(await keysOf('shop.hosts')).toMatchObject({ hosts_host: 'btree (host)' })
})

test('two tenants may use the same key and the same unique value', async () => {
  await bench.owner(`create table shop.same (id int primary key, code text unique); select tenantry.enroll('shop.same')`)
  for (const tenant of [await bench.newTenant(), await bench.newTenant()])
    await bench.tenant(tenant, `insert into shop.same values (1, 'a')`)
  expect(await bench.everything('select count(*)::int as rows from shop.same')).toEqual([{ rows: 2 }])
})

test('identity and serial columns keep counting for the app', async () => {
  await bench.owner(
    `create table shop.counted (id bigint generated always as identity primary key, place serial); select tenantry.enroll('shop.counted')`,
  )
  const tenant = await bench.newTenant()
  expect(await bench.tenant(tenant, 'insert into shop.counted default values returning id, place')).toEqual([
    { id: '1', place: 1 },
  ])
  await expect(bench.tenant(tenant, `select setval('shop.counted_place_seq', 1)`)).rejects.toMatchObject({ code: '42501' })
})
