import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkbench, type Workbench } from './workbench.test-support.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await openWorkbench()
})
afterAll(() => bench.close())

const enrolment = `select
  tenantry.enroll('shop.site', counts => 'sites', audit => true, redact => '{pin}', granted_by => 'id', search => '{name}', directory => '{name}'),
  tenantry.enroll('shop."Odd % site"', parents => '{"site_id": "shop.site", "other_id": {"table": "shop.site", "on_delete": "set null"}}',
    granted_by => 'site_id', granted_null_open => true, audit => true),
  tenantry.enroll('shop.readings', access => 'append', audit => true)`

/** Row versions of every catalogue row that enrolment writes. */
const fingerprint = () =>
  bench.everything(
    `select 'class' as kind, oid, xmin::text from pg_class where relnamespace = 'shop'::regnamespace
     union all select 'policy', oid, xmin::text from pg_policy union all select 'constraint', oid, xmin::text from pg_constraint
     union all select 'trigger', oid, xmin::text from pg_trigger union all select 'attribute', attrelid, xmin::text from pg_attribute where attnum > 0
     union all select 'enrolment', relation, xmin::text from tenantry.enrolment order by 1, 2, 3`,
  )

test('a second enrolment touches nothing and locks nothing', async () => {
  await bench.owner(
    `create table shop.site (id uuid primary key, name text, pin text);
     create table shop."Odd % site" (id uuid, site_id uuid, other_id uuid, code text unique, self uuid, number serial);
     create table shop.readings (id uuid, at timestamptz) partition by range (at);
     ${enrolment}; select tenantry.add_partition('shop.readings', '2026-01-01Z', '2026-02-01Z')`,
  )
  const before = await fingerprint()
  const locks = await bench.owner(
    `${enrolment}; select relation::regclass::text as relation, mode from pg_locks
     where pid = pg_backend_pid() and locktype = 'relation' and mode <> 'AccessShareLock'`,
  )
  expect(locks).toEqual([])
  expect(await fingerprint()).toEqual(before)
})

test('a second enrolment works while others hold the table', async () => {
  const tenant = await bench.newTenant({ sites: 5 })
  await bench.inParallel(1, async (client) => {
    await client.query('begin')
    await client.query(`select set_config('tenantry.tenant', '${tenant}', true), set_config('tenantry.reach', 'all', true)`)
    await client.query(`insert into shop.site (name) values ('held')`)
    await bench.owner(`set local lock_timeout = '200ms'; ${enrolment}`)
    await client.query('rollback')
  })
})

test('what was changed by hand is put right again', async () => {
  const before = await bench.everything(
    `select polname, pg_get_expr(polqual, polrelid) as text from pg_policy order by polrelid, polname`,
  )
  await bench.owner(
    `alter policy tenant_isolation on shop.site using (true) with check (true);
     drop policy granted_reach on shop.site; alter table shop.site no force row level security; grant truncate on shop.site to public;
     alter table shop.site disable trigger tenantry_counts_insert; drop trigger tenantry_tenant_fixed on shop.site;
     alter table shop.site alter column tenant_id drop default, alter column tenant_id set default gen_random_uuid()`,
  )
  await bench.owner(enrolment)
  expect(
    await bench.everything(`select polname, pg_get_expr(polqual, polrelid) as text from pg_policy order by polrelid, polname`),
  ).toEqual(before)
  expect(
    await bench.everything(
      `select relforcerowsecurity as forced, (select count(*)::int from aclexplode(relacl) where grantee = 0) as public,
         (select count(*)::int from pg_trigger where tgrelid = c.oid and tgname in ('tenantry_counts_insert', 'tenantry_tenant_fixed') and tgenabled = 'O') as triggers,
         (select pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute a on a.attrelid = adrelid and a.attnum = adnum
          where adrelid = c.oid and attname = 'tenant_id') as tenant
       from pg_class c where oid = 'shop.site'::regclass`,
    ),
  ).toEqual([{ forced: true, public: 0, triggers: 2, tenant: 'tenantry.tenant_id()' }])
})

test('a later migration changes what a switch means for every table that has it', async () => {
  await bench.owner(
    `create or replace function tenantry.enroll_wanted_triggers(_tenantry_table regclass, _tenantry_options jsonb)
       returns table (name text, definition text) language sql stable as
       $$ select 'tenantry_no_truncate', 'BEFORE TRUNCATE ON %1$s FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_truncate()' $$;
     select tenantry.install_switches(relation) from tenantry.enrolment`,
  )
  expect(await bench.everything(`select distinct tgname::text as name from pg_trigger where tgname ~ '^tenantry_'`)).toEqual([
    { name: 'tenantry_no_truncate' },
  ])
})
