import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkbench, refusal, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

describe('enrolment says why it refuses', () => {
  const refused: Record<string, readonly [ddl: string, reason: string]> = {
    'a view': ['create view shop.t as select 1 as id', 'it is not a table'],
    'a partition': [
      `create table shop.parent (id uuid, at timestamptz) partition by range (at);
       create table shop.t partition of shop.parent default`,
      'it is a partition',
    ],
    'a table that inherits': ['create table shop.parent (id uuid); create table shop.t () inherits (shop.parent)', 'it inherits'],
    'a table that is inherited': ['create table shop.t (id uuid); create table shop.child () inherits (shop.t)', 'it inherits'],
    'an unlogged table': ['create unlogged table shop.t (id uuid)', 'temporary or unlogged'],
    'a table with a rule': [
      'create table shop.t (id uuid); create rule "no" as on delete to shop.t do instead nothing',
      'rule no',
    ],
    'a table with a policy of its own': [
      'create table shop.t (id uuid); create policy mine on shop.t using (true)',
      'policy mine',
    ],
    'a partition with a policy of its own': [
      `create table shop.t (id uuid, at timestamptz) partition by range (at);
       create table shop.child partition of shop.t default; create policy mine on shop.child using (true)`,
      'shop.child has the policy mine',
    ],
    'an expression as partition key': [
      'create table shop.t (id uuid, at timestamptz) partition by range ((at at time zone $$UTC$$))',
      'partitioned by an expression',
    ],
    'an exclusion constraint without the tenant': [
      'create table shop.t (id uuid, during tstzrange, constraint once exclude using gist (during with &&))',
      'exclusion constraint once has no tenant_id',
    ],
    'a view grouped by the primary key': [
      `create table shop.t (id uuid primary key, name text);
       create view shop.named as select id, name, count(*) from shop.t group by id`,
      'view shop.named is grouped by its primary key t_pkey',
    ],
    'MATCH FULL': [
      `create table shop.other (id uuid primary key);
       create table shop.t (id uuid, o uuid, constraint whole foreign key (o) references shop.other match full)`,
      'foreign key whole of shop.t is MATCH FULL',
    ],
    'ON UPDATE SET NULL, on the side that is referred to': [
      `create table shop.t (id uuid primary key);
       create table shop.other (o uuid constraint gone references shop.t on update set null)`,
      'foreign key gone of shop.other is ON UPDATE SET NULL',
    ],
    'rows that belong to nobody': [
      'create table shop.t (id uuid); insert into shop.t values (gen_random_uuid())',
      'neither a column tenant_id',
    ],
    'rows that belong to nobody and that FORCE hides from the owner': [
      `create table shop.t (id uuid); insert into shop.t values (gen_random_uuid());
       alter table shop.t enable row level security, force row level security`,
      'neither a column tenant_id',
    ],
    'rows whose tenant is null': [
      'create table shop.t (id uuid, tenant_id uuid); insert into shop.t values (gen_random_uuid())',
      'tenant_id is null',
    ],
    'a tenant_id of another type': ['create table shop.t (id uuid, tenant_id text)', 'of type text'],
    'a generated tenant_id': ['create table shop.t (id uuid, tenant_id uuid generated always as (id) stored)', 'is generated'],
    'a replica identity that would be lost': [
      'create table shop.t (id uuid primary key); alter table shop.t replica identity using index t_pkey',
      'replica identity',
    ],
    'a unique index of a partition alone': [
      `create table shop.t (id uuid, at timestamptz) partition by range (at);
       create table shop.child partition of shop.t default; create unique index own on shop.child (id)`,
      'unique index of its own',
    ],
  }

  for (const [name, [ddl, reason]] of Object.entries(refused)) {
    test(name, async () => {
      await expect(bench.owner(`${ddl}; select tenantry.enroll('shop.t')`)).rejects.toMatchObject(refusal(reason))
    })
  }

  test('a temporary table', async () => {
    await expect(
      bench.owner(`create temporary table t (id uuid) on commit drop; select tenantry.enroll('t')`),
    ).rejects.toMatchObject(refusal('temporary or unlogged'))
  })
})

describe('options that mean nothing are refused', () => {
  const wrong: Record<string, readonly [options: string, reason: string]> = {
    'a column that is not there': [`search => '{nmae}'`, 'it has no column nmae'],
    'a column of parents that is not there': [`parents => '{"b": "shop.t"}'`, 'it has no column b'],
    'a parent that is not there': [`parents => '{"a": "shop.nothing"}'`, 'its parent shop.nothing does not exist'],
    'an unknown way of deleting': [`parents => '{"a": {"table": "shop.t", "on_delete": "explode"}}'`, 'on_delete cannot be'],
    'an unknown access': [`access => 'some'`, 'access cannot be'],
    'a quota with a strange name': [`counts => 'Many Things'`, 'counts cannot be'],
  }
  for (const [name, [options, reason]] of Object.entries(wrong)) {
    test(name, async () => {
      await expect(
        bench.owner(`create table shop.t (id uuid, a uuid); select tenantry.enroll('shop.t', ${options})`),
      ).rejects.toMatchObject(refusal(reason))
    })
  }

  test('search without an id', async () => {
    await expect(
      bench.owner(`create table shop.t (name text); select tenantry.enroll('shop.t', search => '{name}')`),
    ).rejects.toMatchObject(refusal('search needs a column'))
  })
})
