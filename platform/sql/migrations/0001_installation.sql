-- What belongs to the installation and to no tenant. None of it is enrolled; each table is on the doctor's reviewed list.

grant usage on schema tenantry to :app_role, :directory_role;
grant select on tenantry.migrations to :app_role, :directory_role;

create table tenantry.installation (
  single     boolean primary key default true check (single),  -- one row
  id         uuid not null default gen_random_uuid(),
  created_at timestamptz not null default clock_timestamp()
);
comment on table tenantry.installation is 'Who we are: one row';
insert into tenantry.installation default values;
grant select on tenantry.installation to :app_role, :directory_role;

create table tenantry.enrolment (
  relation    regclass primary key,
  options     jsonb not null,
  enrolled_at timestamptz not null default clock_timestamp()
);
comment on table tenantry.enrolment is 'Every tenant-owned table and the options it was enrolled with; written by tenantry.enroll() only';
grant select on tenantry.enrolment to :app_role, :directory_role;

create table tenantry.realms (
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(name) between 3 and 40),
  created_at timestamptz not null default clock_timestamp()
);
comment on table tenantry.realms is 'Within a realm an address is one person. Tenants of the realm "shared" share their people; a white label may have its own';
insert into tenantry.realms (id, name) values
  ('00000000-0000-7000-8000-736861726564', 'shared'),
  ('00000000-0000-7000-8000-6f7072747273', 'operators');
grant select on tenantry.realms to :app_role, :directory_role;

create table tenantry.clock_offset (
  single   boolean primary key default true check (single),  -- one row
  "offset" interval not null default '0'
);
comment on table tenantry.clock_offset is 'What tenantry.clock() adds to the time. Only the owner changes it: time is then the same for every node';
insert into tenantry.clock_offset default values;
grant select on tenantry.clock_offset to :app_role, :directory_role;

create table tenantry.changes (
  xid       xid8 not null default pg_current_xact_id(),
  kind      text not null,
  tenant_id uuid,
  object_id uuid,
  at        timestamptz not null default clock_timestamp()
);
comment on table tenantry.changes is 'Stamps of changed directory rows. Pruned by the owner once every node has seen them';
comment on column tenantry.changes.xid is 'Readers ask for xid >= their last snapshot''s xmin: order of commit is not order of insertion';
comment on column tenantry.changes.kind is 'Table that changed: tenantry.api_keys';
comment on column tenantry.changes.tenant_id is 'Null for what belongs to no tenant: operators';
create index changes_xid on tenantry.changes (xid);
create index changes_at on tenantry.changes (at);
grant select on tenantry.changes to :directory_role;

create table tenantry.work (
  tenant_id     uuid not null,
  kind          text not null check (length(kind) between 1 and 100),
  object_id     uuid not null,
  due_at        timestamptz not null,
  claimed_until timestamptz,
  attempts      integer not null default 0,
  primary key (tenant_id, kind, object_id)
);
comment on table tenantry.work is 'What is due in which tenant, without content. Claimed across tenants by the directory role, done inside the tenant''s scope';
comment on column tenantry.work.claimed_until is 'Somebody works on it until then; after that it is free again';
comment on column tenantry.work.object_id is 'The object the work is about; the tenant''s id where it is about the tenant';
create index work_due on tenantry.work (kind, due_at);
grant select, update (due_at, claimed_until, attempts), delete on tenantry.work to :directory_role;

create table tenantry.operators (
  id          uuid primary key default gen_random_uuid(),
  email       text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
  name        text not null check (length(name) between 1 and 200),
  created_at  timestamptz not null default clock_timestamp(),
  disabled_at timestamptz
);
comment on table tenantry.operators is 'People who run the platform; members of no tenant';
grant select, insert, update (name, disabled_at) on tenantry.operators to :directory_role;

create table tenantry.operator_keys (
  id          uuid primary key default gen_random_uuid(),
  operator_id uuid not null references tenantry.operators on delete cascade,
  public_id   text not null unique,
  hash        bytea not null check (length(hash) = 32),
  created_at  timestamptz not null default clock_timestamp(),
  expires_at  timestamptz not null,
  revoked_at  timestamptz
);
comment on column tenantry.operator_keys.public_id is 'The part of the key that finds it';
comment on column tenantry.operator_keys.hash is 'SHA-256 of the whole key';
create index operator_keys_operator on tenantry.operator_keys (operator_id);
grant select, insert, update (revoked_at) on tenantry.operator_keys to :directory_role;

-- A disabled operator and a revoked key are out on every node within a second, like a tenant's.
create trigger stamp_change after insert or update or delete on tenantry.operators
  for each row execute function tenantry.stamp_operator_change();
create trigger stamp_change after insert or update or delete on tenantry.operator_keys
  for each row execute function tenantry.stamp_operator_change();

create table tenantry.slug_quarantine (
  slug      text primary key,
  tenant_id uuid not null,
  until     timestamptz not null
);
comment on table tenantry.slug_quarantine is 'Released slugs: links and mail still point at them, so nobody else gets them for a while';
comment on column tenantry.slug_quarantine.tenant_id is 'Who released it; may take it back';

create table tenantry.tombstones (
  tenant_id uuid primary key,
  slug      text not null,
  erased_at timestamptz not null default clock_timestamp(),
  counts    jsonb not null check (jsonb_typeof(counts) = 'object')
);
comment on table tenantry.tombstones is 'What is left of an erased tenant: that it existed and how many rows went';
comment on column tenantry.tombstones.counts is 'Erased rows by table: {"bms.points": 1200}';
grant select on tenantry.tombstones to :directory_role;
