import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, refusal, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

async function foreignKeysOf(table: string): Promise<Record<string, string>> {
  const rows = await bench.everything(
    `select conname as name, pg_get_constraintdef(oid) as definition, convalidated as valid from pg_constraint
     where conrelid = '${table}'::regclass and contype = 'f' and conparentid = 0`,
  )
  return Object.fromEntries(rows.map((row) => [row.name, `${row.definition}${row.valid ? '' : ' !'}`]))
}

test('foreign keys between enrolled tables carry the tenant and keep their actions', async () => {
  await bench.owner(
    `create table shop.a (id uuid primary key, code text unique);
     create table shop.b (id uuid primary key, a_id uuid references shop.a on delete set null, other uuid references shop.a on delete cascade,
       code text references shop.a (code) on update cascade deferrable initially deferred);
     select tenantry.enroll('shop.a'), tenantry.enroll('shop.b')`,
  )
  expect(await foreignKeysOf('shop.b')).toEqual({
    b_a_id_fkey: 'FOREIGN KEY (tenant_id, a_id) REFERENCES shop.a(tenant_id, id) ON DELETE SET NULL (a_id)',
    b_other_fkey: 'FOREIGN KEY (tenant_id, other) REFERENCES shop.a(tenant_id, id) ON DELETE CASCADE',
    b_code_fkey:
      'FOREIGN KEY (tenant_id, code) REFERENCES shop.a(tenant_id, code) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED',
  })
})

test('cycles and references to oneself close when the last one is enrolled', async () => {
  await bench.owner(
    `create table shop.hen (id uuid primary key, egg_id uuid, mother uuid references shop.hen);
     create table shop.egg (id uuid primary key, hen_id uuid references shop.hen);
     alter table shop.hen add foreign key (egg_id) references shop.egg;
     select tenantry.enroll('shop.hen'); select tenantry.enroll('shop.egg')`,
  )
  expect(await foreignKeysOf('shop.hen')).toEqual({
    hen_egg_id_fkey: 'FOREIGN KEY (tenant_id, egg_id) REFERENCES shop.egg(tenant_id, id)',
    hen_mother_fkey: 'FOREIGN KEY (tenant_id, mother) REFERENCES shop.hen(tenant_id, id)',
  })
  expect(await foreignKeysOf('shop.egg')).toEqual({
    egg_hen_id_fkey: 'FOREIGN KEY (tenant_id, hen_id) REFERENCES shop.hen(tenant_id, id)',
  })
})

test('a foreign key that lost its other end is refused at the commit', async () => {
  await expect(
    bench.owner(
      `create table shop.left_out_parent (id uuid primary key);
       create table shop.left_out (id uuid primary key, p uuid references shop.left_out_parent);
       select tenantry.enroll('shop.left_out_parent')`,
    ),
  ).rejects.toMatchObject(refusal('left_out_p_fkey refers to shop.left_out_parent and one of the two is not enrolled'))
})

test('parents become cascading foreign keys with an index, whichever end is enrolled first', async () => {
  await bench.owner(
    `create table shop.child (id uuid, building_id uuid, floor_id uuid); create table shop.house (id uuid);
     select tenantry.enroll('shop.child', parents => '{"building_id": "shop.house", "floor_id": {"table": "shop.house", "on_delete": "set null"}}');
     select tenantry.enroll('shop.house')`,
  )
  expect(await foreignKeysOf('shop.child')).toEqual({
    child_building_id_fkey: 'FOREIGN KEY (tenant_id, building_id) REFERENCES shop.house(tenant_id, id) ON DELETE CASCADE',
    child_floor_id_fkey: 'FOREIGN KEY (tenant_id, floor_id) REFERENCES shop.house(tenant_id, id) ON DELETE SET NULL (floor_id)',
  })
  const indexes = await bench.everything(
    `select indexdef from pg_indexes where tablename = 'child' and indexdef ~ 'tenant_id, (building|floor)_id'`,
  )
  expect(indexes).toHaveLength(2)
})

test('parents decide over a foreign key that the column had before', async () => {
  await bench.owner(
    `create table shop.old_parent (id uuid primary key);
     create table shop.old_child (id uuid primary key, p uuid constraint as_it_was references shop.old_parent on delete restrict);
     select tenantry.enroll('shop.old_child', parents => '{"p": "shop.old_parent"}'), tenantry.enroll('shop.old_parent')`,
  )
  expect(await foreignKeysOf('shop.old_child')).toEqual({
    old_child_p_fkey: 'FOREIGN KEY (tenant_id, p) REFERENCES shop.old_parent(tenant_id, id) ON DELETE CASCADE',
  })
})

test('a reference to a table that belongs to no tenant stays as it is', async () => {
  await bench.owner(
    `create table shop.currencies (code text primary key);
     create table shop.prices (id uuid primary key, currency text references shop.currencies);
     select tenantry.enroll('shop.prices')`,
  )
  expect(await foreignKeysOf('shop.prices')).toEqual({
    prices_currency_fkey: 'FOREIGN KEY (currency) REFERENCES shop.currencies(code)',
  })
})

test('a foreign key is checked against the rows of every tenant, not believed', async () => {
  const [one, two] = [await bench.newTenant(), await bench.newTenant()]
  await bench.owner(
    `create table shop.owner (tenant_id uuid, id int primary key);
     create table shop.owned (tenant_id uuid, id int primary key, owner_id int references shop.owner);
     insert into shop.owner values ('${one}', 1); insert into shop.owned values ('${two}', 1, 1)`,
  )
  await expect(bench.owner(`select tenantry.enroll('shop.owner'), tenantry.enroll('shop.owned')`)).rejects.toMatchObject({
    code: '23503',
  })
})

test('that holds for tables that were enrolled long ago and that FORCE hides from their owner', async () => {
  const [one, two] = [await bench.newTenant(), await bench.newTenant()]
  await bench.owner(
    `create table shop.box (id int primary key); create table shop.toy (id int primary key, box_id int);
     select tenantry.enroll('shop.box'), tenantry.enroll('shop.toy')`,
  )
  await bench.tenant(one, 'insert into shop.box values (1)')
  await bench.tenant(one, 'insert into shop.toy values (1, 1)')
  await bench.tenant(two, 'insert into shop.toy values (1, 1)')
  const addParent = () => bench.owner(`select tenantry.enroll('shop.toy', parents => '{"box_id": "shop.box"}')`)
  await expect(addParent()).rejects.toMatchObject({ code: '23503' })
  await bench.tenant(two, 'insert into shop.box values (1)')
  await addParent()
  expect(
    await bench.everything(`select bool_and(relforcerowsecurity) as forced from pg_class where relname in ('box', 'toy')`),
  ).toEqual([{ forced: true }])
})

test('an enrolled table is not left unforced by the foreign keys of a later one', async () => {
  await bench.owner(`create table shop.early (id uuid); select tenantry.enroll('shop.early')`)
  await bench.owner(
    `create table shop.late (id uuid, e uuid); select tenantry.enroll('shop.late', parents => '{"e": "shop.early"}')`,
  )
  expect(await bench.everything(`select relforcerowsecurity as forced from pg_class where relname in ('early', 'late')`)).toEqual(
    [{ forced: true }, { forced: true }],
  )
})

test("another tenant's parent is as absent as one that never was", async () => {
  const [one, two] = [await bench.newTenant(), await bench.newTenant()]
  await bench.owner(`create table shop.site (id int primary key); create table shop.gate (id int primary key, site_id int);
    select tenantry.enroll('shop.site'), tenantry.enroll('shop.gate', parents => '{"site_id": "shop.site"}')`)
  await bench.tenant(one, 'insert into shop.site values (7)')
  await bench.tenant(one, 'insert into shop.gate values (1, 7)')
  await expect(bench.tenant(two, 'insert into shop.gate values (1, 7)')).rejects.toMatchObject({ code: '23503' })
})
