import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
let tenant: string
const actor = randomUUID()
const [granted, other] = [randomUUID(), randomUUID()]

beforeAll(async () => {
  bench = await openWorkbench()
  // A table with the name of the grants' own, to be sure that no alias is confused.
  await bench.owner(
    `create table shop.grants (id uuid, name text); select tenantry.enroll('shop.grants', granted_by => 'id', search => '{name}', audit => true);
     create table shop.sensors (id uuid, building_id uuid, name text);
     select tenantry.enroll('shop.sensors', parents => '{"building_id": "shop.grants"}', granted_by => 'building_id');
     create table shop.points (sensor_id uuid, building_id uuid, value int);
     select tenantry.enroll('shop.points', parents => '{"sensor_id": "shop.sensors", "building_id": "shop.grants"}', granted_by => 'building_id');
     create table shop.shared (building_id uuid, text text); select tenantry.enroll('shop.shared', granted_by => 'building_id', granted_null_open => true)`,
  )
})
afterAll(() => bench.close())

beforeEach(async () => {
  tenant = await bench.newTenant()
  await bench.tenant(tenant, `insert into shop.grants values ('${granted}', 'Granted Tower'), ('${other}', 'Other Tower')`)
  await bench.tenant(tenant, 'insert into shop.sensors (building_id) select id from shop.grants')
  await bench.tenant(tenant, 'insert into shop.points select id, building_id, 1 from shop.sensors')
  await bench.tenant(tenant, `insert into shop.shared values ('${granted}', 'a'), ('${other}', 'b'), (null, 'c')`)
  await bench.tenant(tenant, `insert into tenantry.grants (actor_id, object_id) values ('${actor}', '${granted}')`)
})

const limited = (text: string) => bench.tenant(tenant, text, { reach: 'granted', actor })

test('a limited actor reads what was granted, its children and grandchildren, and nothing else', async () => {
  expect(await limited('select id from shop.grants')).toEqual([{ id: granted }])
  expect(await limited('select building_id from shop.sensors')).toEqual([{ building_id: granted }])
  expect(await limited('select building_id from shop.points')).toEqual([{ building_id: granted }])
  expect(await limited('select text from shop.shared order by text')).toEqual([{ text: 'a' }, { text: 'c' }])
  expect(await bench.tenant(tenant, 'select id from shop.grants')).toHaveLength(2)
})

test('nor does it write anything else, or move a thing out of its reach', async () => {
  expect(await limited(`update shop.sensors set name = 'x' where building_id = '${other}' returning 1`)).toEqual([])
  expect(await limited(`delete from shop.points where building_id = '${other}' returning 1`)).toEqual([])
  await expect(limited(`insert into shop.sensors (building_id) values ('${other}')`)).rejects.toMatchObject({ code: '42501' })
  await expect(limited(`update shop.sensors set building_id = '${other}'`)).rejects.toMatchObject({ code: '42501' })
  await limited(`insert into shop.sensors (building_id) values ('${granted}')`)
})

test('a removed grant acts at once, inside a transaction that began with it', async () => {
  await bench.inParallel(1, async (client) => {
    await client.query('begin')
    await client.query(`select set_config('tenantry.tenant', '${tenant}', true), set_config('tenantry.actor', '${actor}', true),
      set_config('tenantry.reach', 'granted', true)`)
    expect((await client.query('select from shop.sensors')).rowCount).toBe(1)
    await bench.tenant(tenant, 'delete from tenantry.grants')
    expect((await client.query('select from shop.sensors')).rowCount).toBe(0)
    await client.query('rollback')
  })
})

test('a reach that is not set, or not known, sees nothing', async () => {
  expect(await bench.tenant(tenant, 'select * from shop.sensors', { reach: 'none', actor: randomUUID() })).toEqual([])
  expect(await bench.tenant(tenant, 'select * from shop.sensors', { reach: 'granted' })).toEqual([])
})

test("another tenant's grant of the same actor and object is worth nothing here", async () => {
  const elsewhere = await bench.newTenant()
  await bench.tenant(elsewhere, `insert into tenantry.grants (actor_id, object_id) values ('${actor}', '${other}')`)
  expect(await limited('select id from shop.grants')).toEqual([{ id: granted }])
})

test('what a limited actor writes is indexed and audited like all else', async () => {
  await limited(`update shop.grants set name = 'Granted House'`)
  expect(
    await bench.tenant(tenant, `select token from tenantry.search_tokens where object_id = '${granted}' order by token`),
  ).toEqual([{ token: 'granted' }, { token: 'house' }])
  expect(await bench.tenant(tenant, `select actor_id from tenantry.audit_entries where action = 'shop.grants.updated'`)).toEqual([
    { actor_id: actor },
  ])
})
