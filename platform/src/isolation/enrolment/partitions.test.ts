import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorkbench, refusal, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
let tenant: string
beforeAll(async () => {
  bench = await openWorkbench()
  tenant = await bench.newTenant({ readings: null })
  await bench.owner(
    `create table shop.site (id uuid); select tenantry.enroll('shop.site');
     create table shop.readings (id uuid, number bigint generated always as identity, site_id uuid, at timestamptz, text text) partition by range (at);
     create table shop.readings_before partition of shop.readings for values from (minvalue) to ('2026-01-01Z');
     grant all on shop.readings_before to public;
     select tenantry.enroll('shop.readings', counts => 'readings', audit => true, parents => '{"site_id": "shop.site"}', granted_by => 'site_id');
     select tenantry.add_partition('shop.readings', '2026-01-01Z', '2026-02-01Z')`,
  )
})
afterAll(() => bench.close())

/** Everything that decides who reaches the rows of a table. */
const walls = (table: string) =>
  bench.everything(
    `select relrowsecurity as enabled, relforcerowsecurity as forced,
       (select string_agg(polname || polpermissive, ',' order by polname) from pg_policy where polrelid = c.oid) as policies,
       (select count(*)::int from aclexplode(relacl) where grantee <> relowner) as grants,
       (select string_agg(tgname, ',' order by tgname) from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers
     from pg_class c where oid = '${table}'::regclass`,
  )

describe('[SEC-18] one enrolment holds for every partition', () => {
  test.each(['shop.readings_before', 'shop.readings_202601'])(
    '%s is walled like its parent and nobody is granted it',
    async (table) => {
      expect(await walls(table)).toEqual([
        {
          enabled: true,
          forced: true,
          policies: 'granted_reachfalse,tenant_isolationtrue',
          grants: 0,
          triggers: 'tenantry_no_truncate,tenantry_tenant_fixed',
        },
      ])
    },
  )

  test('rows go through the parent only, with its tenant, quota and audit', async () => {
    await bench.tenant(tenant, `insert into shop.readings (at, text) values ('2026-01-05', 'a'), ('2025-05-05', 'b')`)
    await bench.tenant(tenant, `update shop.readings set text = 'c' where text = 'b'`)
    expect(await bench.tenant(tenant, 'select text from shop.readings order by text')).toEqual([{ text: 'a' }, { text: 'c' }])
    expect(await bench.tenant(await bench.newTenant(), 'select * from shop.readings')).toEqual([])
    await expect(bench.tenant(tenant, 'select * from shop.readings_202601')).rejects.toMatchObject({ code: '42501' })
    await expect(bench.owner('truncate shop.readings_202601')).rejects.toMatchObject({ code: 'TN005' })
    expect(
      await bench.tenant(
        tenant,
        `select (select used::int from tenantry.counters where name = 'readings') as used,
        (select count(*)::int from tenantry.audit_entries where object_type = 'shop.readings') as entries`,
      ),
    ).toEqual([{ used: 2, entries: 3 }])
  })

  test('a row moved to another partition keeps its tenant and its audit', async () => {
    await bench.tenant(tenant, `update shop.readings set at = '2026-01-20' where text = 'c'`)
    expect(await bench.everything(`select count(*)::int as rows from shop.readings_202601`)).toEqual([{ rows: 2 }])
  })

  test('keys contain the tenant and the time', async () => {
    expect(
      await bench.everything(
        `select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = 'shop.readings'::regclass and contype = 'p'`,
      ),
    ).toEqual([{ key: 'PRIMARY KEY (tenant_id, id, at)' }])
  })

  test('the months ahead are made for every enrolled table that is partitioned by time, once', async () => {
    const made = await bench.owner(`select tenantry.make_partitions('2 months')::text as name`)
    expect(made.filter((row) => String(row.name).startsWith('shop.readings_'))).toHaveLength(3)
    expect(await bench.owner(`select tenantry.make_partitions('2 months')::text as name`)).toEqual([])
    const latest = String(made.at(-1)?.name)
    expect(await walls(latest)).toMatchObject([{ forced: true, grants: 0 }])
  })

  test('adding one does not stop who reads and writes its siblings', async () => {
    await bench.inParallel(1, async (client) => {
      await client.query('begin')
      await client.query(`select set_config('tenantry.tenant', '${tenant}', true), set_config('tenantry.reach', 'all', true)`)
      await client.query(`insert into shop.readings (at) values ('2026-01-07')`)
      await bench.owner(
        `set local lock_timeout = '500ms'; select tenantry.add_partition('shop.readings', '2030-01-01Z', '2030-02-01Z')`,
      )
      await client.query('rollback')
    })
  })

  test('retention drops whole partitions that are old enough, and no others', async () => {
    await bench.owner(`select tenantry.add_partition('shop.readings', '2026-02-01Z', '2026-02-11Z')`)
    expect(await bench.owner(`select tenantry.drop_partitions('shop.readings', '2026-02-10Z') as name`)).toEqual([
      { name: 'shop.readings_202601' },
      { name: 'shop.readings_before' },
    ])
    expect(await bench.everything(`select to_regclass('shop.readings_20260201')::text as there`)).toEqual([
      { there: 'shop.readings_20260201' },
    ])
  })

  test('a table that was not enrolled gets no partition', async () => {
    await expect(
      bench.owner(
        `create table shop.loose (at timestamptz) partition by range (at); select tenantry.add_partition('shop.loose', '2026-01-01Z', '2026-02-01Z')`,
      ),
    ).rejects.toMatchObject(refusal('a partition needs an enrolled parent'))
  })
})
