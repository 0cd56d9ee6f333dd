/** One way to break a wall, and the rule that must see it. */
export interface BadSchema {
  readonly rule: string
  readonly title: string
  /** With the placeholders of `whileBroken`. */
  readonly sql: string
  /** Where the mend is a note, needs no transaction, or leaves what a later rule then reports. */
  readonly mendIsNotRun?: string
  /** Other rules that are right to fire as well. */
  readonly also?: readonly string[]
}

const tenant = `nullif(current_setting('tenantry.tenant', true), '')::uuid`

/** Applied to the shop of `testing/shop.ts`, each in a transaction that is rolled back. */
export const badSchemas: readonly BadSchema[] = [
  // server
  { rule: 'context-preset', title: 'a tenant preset on the app role', sql: `alter role :app set tenantry.tenant = '1'` },
  { rule: 'context-preset', title: 'a reach preset on the database', sql: `alter database :database set tenantry.reach = 'all'` },
  { rule: 'weakening-preset', title: 'row_security = off', sql: 'alter role :app in database :database set row_security = off' },
  { rule: 'weakening-preset', title: 'triggers switched off', sql: `alter role :app set session_replication_role = 'replica'` },
  { rule: 'parameter-granted', title: 'a granted parameter', sql: 'grant set on parameter session_replication_role to :app' },
  { rule: 'publication', title: 'a published tenant table', sql: 'create publication everything for table shop.orders' },
  {
    rule: 'foreign-server-usable',
    title: 'a usable foreign server',
    sql: `create extension postgres_fdw schema tenantry; revoke execute on all functions in schema tenantry from public;
      create server elsewhere foreign data wrapper postgres_fdw; grant usage on foreign server elsewhere to :app`,
  },

  // roles
  { rule: 'role-attributes', title: 'a superuser app', sql: 'alter role :app superuser' },
  { rule: 'role-attributes', title: 'a directory past row security', sql: 'alter role :directory bypassrls' },
  { rule: 'role-attributes', title: 'an app that creates roles and replicates', sql: 'alter role :app createrole replication' },
  {
    rule: 'role-can-become',
    title: 'an app that is a member of the owner',
    sql: 'revoke :app from :owner; grant :owner to :app',
  },
  { rule: 'role-can-become', title: 'an app that reads all data', sql: 'grant pg_read_all_data to :app' },
  {
    rule: 'role-can-become',
    title: 'a superuser two memberships away',
    sql: 'create role doctor_root superuser; create role doctor_step; grant doctor_root to doctor_step; grant doctor_step to :app',
    mendIsNotRun: 'revoking the second membership is not revoking the first',
    also: ['role-membership'],
  },
  { rule: 'role-membership', title: 'an app in some group', sql: 'create role doctor_group; grant doctor_group to :app' },
  { rule: 'role-inherits', title: 'an app that inherits', sql: 'alter role :app inherit' },
  {
    rule: 'role-owns',
    title: 'a table of the app',
    sql: 'create table shop.own (id int); alter table shop.own owner to :app',
  },
  { rule: 'owner-attributes', title: 'an owner past row security', sql: 'alter role :owner bypassrls' },

  // record
  {
    rule: 'enrolment-unreadable',
    title: 'a record that is gone',
    sql: 'alter table tenantry.enrolment rename to enrolment_old',
    mendIsNotRun: 'a migration',
    also: ['relation-without-tenant', 'not-enrolled'],
  },
  { rule: 'enrolment-dangling', title: 'a dropped table', sql: 'drop table shop.orders' },
  { rule: 'tenant-id-default', title: 'no default', sql: 'alter table shop.orders alter column tenant_id drop default' },
  { rule: 'trigger-disabled', title: 'a trigger that is off', sql: 'alter table shop.customers disable trigger user' },
  {
    rule: 'trigger-missing',
    title: 'an audit that is gone',
    sql: `do $$ declare t name; begin
      for t in select tgname from pg_trigger where tgrelid = 'shop.customers'::regclass and tgname like '%audit%' loop
        execute format('drop trigger %I on shop.customers', t); end loop; end $$`,
  },
  {
    rule: 'partition-runway',
    title: 'partitions that end soon',
    sql: `create table shop.visits (at timestamptz not null) partition by range (at); select tenantry.enroll('shop.visits');
      select tenantry.add_partition('shop.visits', '2020-01-01', '2020-02-01')`,
    mendIsNotRun: 'it makes partitions of registered tables for the future only',
  },

  // row security
  { rule: 'row-security-off', title: 'row security off', sql: 'alter table shop.orders disable row level security' },
  { rule: 'row-security-not-forced', title: 'no FORCE', sql: 'alter table shop.orders no force row level security' },
  {
    rule: 'not-enrolled',
    title: 'a copy by LIKE',
    sql: 'create table shop.orders_copy (like shop.orders including all); grant select on shop.orders_copy to :app',
    mendIsNotRun: 'enrol is tested elsewhere',
  },
  { rule: 'tenant-id-column', title: 'a nullable tenant', sql: 'alter table shop.loose alter column tenant_id drop not null' },
  {
    rule: 'rewrite-rule',
    title: 'a rule that copies rows',
    sql: 'create rule copies as on delete to shop.orders do also select 1',
  },
  { rule: 'unlogged', title: 'an unlogged table', sql: 'alter table shop.loose set unlogged' },

  // realms
  {
    rule: 'realm-policy',
    title: 'persons of every realm',
    sql: 'alter policy realm_isolation on identity."user" using (true) with check (true)',
  },
  { rule: 'realm-policy', title: 'accounts without FORCE', sql: 'alter table identity.account no force row level security' },
  {
    rule: 'realm-policy',
    title: 'a second way to sessions',
    sql: 'create policy more on identity.session to :identity using (true)',
  },
  {
    rule: 'realm-policy',
    title: 'a table of persons without a realm',
    sql: 'create table identity.notes (id uuid)',
    mendIsNotRun: 'it has no column of the realm',
  },
  {
    rule: 'realm-key',
    title: 'an address that is unique across realms',
    sql: 'create unique index user_email on identity."user" (email)',
  },
  { rule: 'realm-reach', title: 'an identity role that reads a tenant', sql: 'grant select on shop.orders to :identity' },
  { rule: 'reviewed-exceeded', title: 'an app that reads passwords', sql: 'grant select on identity.account to :app' },

  // policies
  {
    rule: 'policy-not-canonical',
    title: 'using (true)',
    sql: 'alter policy tenant_isolation on shop.orders using (true) with check (true)',
  },
  {
    rule: 'policy-not-canonical',
    title: 'the same meaning in other words',
    sql: `alter policy tenant_isolation on shop.orders using (tenant_id = ${tenant}) with check (tenant_id = ${tenant})`,
  },
  { rule: 'policy-not-canonical', title: 'no policy', sql: 'drop policy tenant_isolation on shop.orders' },
  {
    rule: 'policy-not-canonical',
    title: 'a policy for one role only',
    sql: 'alter policy tenant_isolation on shop.orders to :app',
  },
  {
    rule: 'policy-permissive-extra',
    title: 'a second permissive policy',
    sql: 'create policy more on shop.orders for insert with check (true)',
  },
  {
    rule: 'policy-permissive-extra',
    title: "the access log's way in on another table",
    sql: 'create policy recorder_adds on shop.orders for insert to :owner with check (true)',
  },
  {
    rule: 'policy-permissive-extra',
    title: "the access log's way in for the app",
    sql: 'alter policy recorder_adds on tenantry.access_log to :app',
  },
  {
    rule: 'policy-permissive-extra',
    title: "the access log's way in as a way out",
    sql: 'drop policy recorder_adds on tenantry.access_log; create policy recorder_adds on tenantry.access_log to :owner using (true) with check (true)',
  },
  {
    rule: 'policy-unrecorded',
    title: 'a restrictive policy nobody recorded',
    sql: 'create policy narrow on shop.orders as restrictive using (total > 0)',
  },
  { rule: 'reach-policy', title: 'no reach policy', sql: 'drop policy granted_reach on shop.orders' },
  { rule: 'reach-policy', title: 'a reach of everything', sql: 'alter policy granted_reach on shop.orders using (true)' },
  {
    rule: 'directory-policy',
    title: 'a directory policy nobody recorded',
    sql: 'create policy directory_reads on shop.orders for select to :directory using (true)',
  },
  {
    rule: 'directory-policy',
    title: 'a directory that may write',
    sql: 'drop policy directory_reads on shop.customers; create policy directory_reads on shop.customers to :directory using (true)',
  },
  { rule: 'directory-policy', title: 'no directory policy', sql: 'drop policy directory_reads on shop.customers' },
  {
    rule: 'policy-helper',
    title: 'an IMMUTABLE helper',
    sql: `create function shop.frozen() returns uuid language sql immutable as $$ select ${tenant} $$;
      create policy narrow on shop.orders as restrictive using (tenant_id = shop.frozen())`,
    also: ['policy-unrecorded'],
  },
  {
    rule: 'policy-helper',
    title: 'a LEAKPROOF helper',
    sql: `create function shop.quiet(bigint) returns boolean language sql stable leakproof as $$ select true $$;
      create policy narrow on shop.orders as restrictive using (shop.quiet(total))`,
    also: ['policy-unrecorded'],
  },

  // keys
  {
    rule: 'foreign-key-without-tenant',
    title: 'a foreign key by id alone',
    sql: `create unique index customers_id on shop.customers (id);
      alter table shop.orders add constraint by_id foreign key (customer_id) references shop.customers (id)`,
    also: ['unique-without-tenant'],
  },
  {
    rule: 'foreign-key-nulls-tenant',
    title: 'ON DELETE SET NULL of all columns',
    sql: `alter table shop.orders add constraint forgets foreign key (tenant_id, customer_id)
      references shop.customers (tenant_id, id) on delete set null`,
    mendIsNotRun: 'enrol is tested elsewhere',
  },
  {
    rule: 'unique-without-tenant',
    title: 'a number unique across tenants',
    sql: 'create unique index orders_number on shop.orders (number)',
  },
  {
    rule: 'unique-without-tenant',
    title: 'a constraint unique across tenants',
    sql: 'alter table shop.orders add constraint one_number unique (number)',
  },
  {
    rule: 'unique-without-tenant',
    title: 'an expression unique across tenants',
    sql: 'create unique index customers_name on shop.customers (lower(name))',
  },
  {
    rule: 'index-invalid',
    title: 'an index of a failed build',
    sql: `create index orders_total on shop.orders (tenant_id, total);
      update pg_index set indisvalid = false where indexrelid = 'shop.orders_total'::regclass`,
    mendIsNotRun: 'it runs outside a transaction',
  },
  {
    rule: 'constraint-not-validated',
    title: 'a check over rows nobody looked at',
    sql: 'alter table shop.orders add constraint positive check (total > 0) not valid',
  },

  // relations
  { rule: 'partition-reachable', title: 'a granted partition', sql: 'grant select on :partition to :app' },
  { rule: 'partition-reachable', title: 'a column of a partition', sql: 'grant update (value) on :partition to :directory' },
  {
    rule: 'relation-without-tenant',
    title: 'a table without a tenant',
    sql: 'create table shop.notes (text text); grant select, insert on shop.notes to :app',
  },
  {
    rule: 'relation-without-tenant',
    title: 'a table for everybody in a schema of its own',
    sql: 'create schema elsewhere; create table elsewhere.notes (text text); grant select (text) on elsewhere.notes to public',
    mendIsNotRun: 'revoking all takes the columns with it, but names both roles once',
  },
  { rule: 'reviewed-exceeded', title: 'a clock that the app moves', sql: 'grant update on tenantry.clock_offset to :app' },
  { rule: 'reviewed-exceeded', title: 'operators read by the app', sql: 'grant select on tenantry.operators to :app' },
  {
    rule: 'view-not-invoker',
    title: 'a view with its owner’s rights',
    sql: 'create view shop.totals as select total from shop.orders; grant select on shop.totals to :app',
  },
  {
    rule: 'policy-less-relation',
    title: 'a readable materialized view',
    sql: 'create materialized view shop.sums as select total from shop.orders; grant select on shop.sums to :app',
  },
  {
    rule: 'policy-less-relation',
    title: 'a readable foreign table',
    sql: `create foreign data wrapper nothing; create server nowhere foreign data wrapper nothing;
      create foreign table shop.far (id int) server nowhere; grant select on shop.far to :app`,
  },
  { rule: 'catalogue-granted', title: 'sampled values', sql: 'grant select on pg_statistic to :app' },

  // grants
  { rule: 'grant-past-policies', title: 'TRUNCATE', sql: 'grant truncate on shop.orders to :app' },
  { rule: 'grant-past-policies', title: 'REFERENCES on a column', sql: 'grant references (id) on shop.orders to :app' },
  { rule: 'grant-past-policies', title: 'TRIGGER', sql: 'grant trigger on shop.orders to public' },
  { rule: 'grant-option', title: 'a grant that may be passed on', sql: 'grant select on shop.orders to :app with grant option' },
  {
    rule: 'sequence-setval',
    title: 'setval',
    sql: 'create sequence shop.numbers; grant usage, update on sequence shop.numbers to :app',
  },
  { rule: 'access-exceeded', title: 'an append-only table that is updated', sql: 'grant update on shop.readings to :app' },
  { rule: 'directory-beyond-record', title: 'one column more', sql: 'grant select (email) on shop.customers to :directory' },
  { rule: 'directory-beyond-record', title: 'all columns', sql: 'grant select on shop.customers to :directory' },
  {
    rule: 'directory-beyond-record',
    title: 'a directory that writes',
    sql: 'grant update (name) on shop.customers to :directory',
  },
  { rule: 'schema-create', title: 'CREATE in a schema', sql: 'grant create on schema public to public' },
  { rule: 'database-create', title: 'CREATE in the database', sql: 'grant create on database :database to :app' },
  { rule: 'database-temporary', title: 'TEMP in the database', sql: 'grant temporary on database :database to public' },
  {
    rule: 'default-privileges',
    title: 'the next table',
    sql: 'alter default privileges for role :owner in schema shop grant select on tables to :app',
  },
  {
    rule: 'default-privileges',
    title: 'the next sequence, to everybody',
    sql: 'alter default privileges for role :owner grant usage on sequences to public',
  },

  // functions
  {
    rule: 'definer-search-path',
    title: 'no search path',
    sql: `create function shop.sum() returns bigint security definer language sql as 'select 1::bigint';
      revoke execute on function shop.sum() from public`,
  },
  {
    rule: 'definer-search-path',
    title: 'a search path without pg_temp',
    sql: `create function shop.sum() returns bigint security definer set search_path = pg_catalog, public language sql as 'select 1::bigint';
      revoke execute on function shop.sum() from public`,
  },
  {
    rule: 'definer-past-policies',
    title: 'a function of a superuser',
    sql: `create role doctor_root superuser;
      create function shop.sum() returns bigint security definer set search_path = pg_catalog, pg_temp language sql as 'select 1::bigint';
      alter function shop.sum() owner to doctor_root; revoke execute on function shop.sum() from public;
      grant execute on function shop.sum() to :app`,
  },
  {
    rule: 'definer-takes-tenant',
    title: 'a tenant by argument',
    sql: `create function shop.sum(tenant_id uuid) returns bigint security definer set search_path = pg_catalog, pg_temp language sql
      as 'select 1::bigint'; revoke execute on function shop.sum(uuid) from public; grant execute on function shop.sum(uuid) to :app; alter function shop.sum(uuid) owner to :owner`,
  },
  {
    rule: 'definer-takes-tenant',
    title: 'several tenants by argument',
    sql: `create function shop.sum(tenants uuid[]) returns bigint security definer set search_path = pg_catalog, pg_temp language sql
      as 'select 1::bigint'; revoke execute on function shop.sum(uuid[]) from public; grant execute on function shop.sum(uuid[]) to :app; alter function shop.sum(uuid[]) owner to :owner`,
  },
  {
    rule: 'function-sets-context',
    title: 'a reach of its own',
    sql: `create function shop.all_of_it() returns bigint set tenantry.reach = 'all' language sql as 'select 1::bigint'`,
  },
  {
    rule: 'definer-for-everybody',
    title: 'a definer function for PUBLIC',
    sql: `create function shop.sum() returns bigint security definer set search_path = pg_catalog, pg_temp language sql as 'select 1::bigint';
      grant execute on function shop.sum() to public; alter function shop.sum() owner to :owner`,
  },
  { rule: 'large-object-functions', title: 'large objects', sql: 'grant execute on function lo_create(oid) to public' },
  { rule: 'file-functions', title: 'pg_read_file', sql: 'grant execute on function pg_read_file(text) to :app' },
  {
    rule: 'extension-reaches-out',
    title: 'dblink',
    sql: 'create extension dblink schema shop; grant execute on function shop.dblink(text) to :app',
  },
  {
    rule: 'untrusted-language',
    title: 'an untrusted language',
    sql: `create language doctor_c handler plpgsql_call_handler;
      create function shop.raw() returns int language doctor_c as 'begin return 1; end'; grant execute on function shop.raw() to :app`,
  },
]
