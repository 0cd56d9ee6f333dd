import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

test("rows that are there become the context's tenant's, without the table being rewritten", async () => {
  const tenant = await bench.newTenant()
  await bench.owner(
    `create table shop.old (id int primary key, a text); insert into shop.old select n, 'x' from generate_series(1, 1000) n`,
  )
  const file = () => bench.everything(`select pg_relation_filenode('shop.old') as node`)
  const before = await file()
  await bench.owner(`select tenantry.enroll('shop.old')`, tenant)
  expect(await file()).toEqual(before)
  expect(await bench.tenant(tenant, 'select count(*)::int as rows from shop.old')).toEqual([{ rows: 1000 }])
  expect(await bench.tenant(await bench.newTenant(), 'select * from shop.old')).toEqual([])
  await expect(bench.owner('insert into shop.old values (0)')).rejects.toMatchObject({ code: 'TN001' })
})

test('rows of several tenants keep the tenant they name; counters and words begin with what is there', async () => {
  const [one, two, empty] = [await bench.newTenant({ rooms: null }), await bench.newTenant(), await bench.newTenant()]
  await bench.owner(
    `create table shop.rooms (tenant_id uuid, id uuid default gen_random_uuid() primary key, name text);
     insert into shop.rooms (tenant_id, name) values ('${one}', 'Blue Room'), ('${one}', 'Red-Room'), ('${two}', 'Hall');
     select tenantry.enroll('shop.rooms', counts => 'rooms', search => '{name}')`,
  )
  expect(
    await bench.everything(`select tenant_id, used::int from tenantry.counters where name = 'rooms' and tenant_id in ('${one}', '${two}', '${empty}')
      order by used desc`),
  ).toEqual([
    { tenant_id: one, used: 2 },
    { tenant_id: two, used: 1 },
    { tenant_id: empty, used: 0 },
  ])
  expect(await bench.tenant(one, 'select token from tenantry.search_tokens order by token')).toEqual(
    ['blue', 'red', 'room', 'room'].map((token) => ({ token })),
  )
  expect(
    await bench.everything(`select bool_and(relforcerowsecurity) as forced from pg_class
    where oid in ('shop.rooms'::regclass, 'tenantry.counters'::regclass, 'tenantry.tenants'::regclass, 'tenantry.search_tokens'::regclass)`),
  ).toEqual([{ forced: true }])
})

test('a table that was forced by somebody before is counted all the same', async () => {
  const tenant = await bench.newTenant()
  await bench.owner(`create table shop.hidden (tenant_id uuid, id uuid); insert into shop.hidden values ('${tenant}', gen_random_uuid());
    alter table shop.hidden enable row level security, force row level security; select tenantry.enroll('shop.hidden', counts => 'hidden')`)
  expect(await bench.tenant(tenant, `select used::int from tenantry.counters where name = 'hidden'`)).toEqual([{ used: 1 }])
})

test("a user's own triggers and a column named like any of ours stay as they are", async () => {
  const tenant = await bench.newTenant({ odd: 10 })
  await bench.owner(
    `create table shop.odd (id uuid, a text, b text, c text, r text, "at" text, before text, after text, image text, key text, value text, name text, used text);
     create function shop.shout() returns trigger language plpgsql as $$ begin new.a := upper(new.a); return new; end $$;
     create trigger shout before insert or update on shop.odd for each row execute function shop.shout();
     select tenantry.enroll('shop.odd', audit => true, counts => 'odd', search => '{a,name}', directory => '{a,key,value}')`,
  )
  await bench.tenant(tenant, `insert into shop.odd (a, name) values ('loud', 'one')`)
  await bench.tenant(
    tenant,
    `update shop.odd set b = 'b', c = 'c', r = 'r', key = 'k', value = 'v', used = 'u', before = 'was', after = 'is'`,
  )
  await bench.tenant(tenant, 'delete from shop.odd')
  const entries = await bench.tenant(
    tenant,
    `select after ->> 'a' as a from tenantry.audit_entries where object_type = 'shop.odd' order by id`,
  )
  expect(entries).toEqual([{ a: 'LOUD' }, { a: null }, { a: null }])
})

test('what is switched on later counts what came before, and what is switched off stops', async () => {
  const tenant = await bench.newTenant({ lamps: 3 })
  await bench.owner(`create table shop.lamps (id uuid, name text); select tenantry.enroll('shop.lamps')`)
  await bench.tenant(tenant, `insert into shop.lamps (name) values ('desk'), ('floor')`)
  await bench.owner(`select tenantry.enroll('shop.lamps', counts => 'lamps', search => '{name}')`)
  expect(await bench.tenant(tenant, `select used::int from tenantry.counters where name = 'lamps'`)).toEqual([{ used: 2 }])
  expect(await bench.tenant(tenant, 'select token from tenantry.search_tokens order by 1')).toEqual([
    { token: 'desk' },
    { token: 'floor' },
  ])
  await bench.owner(`select tenantry.enroll('shop.lamps')`)
  expect(await bench.tenant(tenant, `select used::int from tenantry.counters where name = 'lamps'`)).toEqual([{ used: 0 }])
  expect(await bench.tenant(tenant, 'select token from tenantry.search_tokens')).toEqual([])
  await bench.tenant(tenant, `insert into shop.lamps (name) select 'x' from generate_series(1, 10)`)
})
