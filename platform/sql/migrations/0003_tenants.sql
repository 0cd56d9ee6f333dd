-- Tenants, and what the platform keeps for each of them.

create table tenantry.tenants (
  id                uuid not null primary key,
  slug              text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 3 and 40),
  name              text not null check (length(name) between 1 and 200),
  realm_id          uuid not null default '00000000-0000-7000-8000-736861726564' references tenantry.realms,
  system            text not null check (system ~ '^[a-z][a-z0-9_]{0,30}$'),
  tier              text not null,
  status            text not null default 'provisioning'
                    check (status in ('provisioning', 'active', 'suspended', 'archived', 'deleted')),
  suspension        text check (suspension in ('read_only', 'blocked')),
  status_reason     text,
  status_changed_at timestamptz not null default tenantry.clock(),
  legal_hold        boolean not null default false,
  legal_hold_reason text,
  erase_after       timestamptz,
  time_zone         text not null default 'UTC',
  locale            text not null default 'en-US',
  billing_email     text,
  phone             text,
  subscription_id   text,
  features          text[] not null default '{}',
  brand             jsonb not null default '{}' check (jsonb_typeof(brand) = 'object'),
  version           integer not null default 1,
  created_at        timestamptz not null default tenantry.clock(),
  updated_at        timestamptz not null default tenantry.clock(),
  check ((status = 'suspended') = (suspension is not null)),
  check ((status = 'deleted') = (erase_after is not null)),
  check (legal_hold = (legal_hold_reason is not null))
);
comment on table tenantry.tenants is 'One row per tenant, in the tenant itself: id is tenant_id';
comment on column tenantry.tenants.realm_id is 'Where its people are known; "shared" unless it has a realm of its own';
comment on column tenantry.tenants.system is 'The one system it belongs to';
comment on column tenantry.tenants.suspension is 'While suspended: read_only still reads, blocked does not';
comment on column tenantry.tenants.legal_hold is 'Nothing of it is erased while this holds';
comment on column tenantry.tenants.erase_after is 'End of the grace period of a deleted tenant';
comment on column tenantry.tenants.time_zone is 'IANA name';
comment on column tenantry.tenants.subscription_id is 'In the billing provider''s books';
comment on column tenantry.tenants.features is 'Granted beside those of its tier';
comment on column tenantry.tenants.brand is 'displayName, logoUrl, colours, supportEmail, footer, poweredBy';

select tenantry.enroll(
  'tenantry.tenants',
  audit => true,
  directory => array['id', 'slug', 'name', 'realm_id', 'system', 'tier', 'status', 'suspension', 'status_changed_at', 'legal_hold', 'erase_after',
                     'features', 'version', 'created_at', 'updated_at']
);
-- A tenant is provisioned in its own context; its id is what the context says.
alter table tenantry.tenants
  alter column id set default tenantry.tenant_id(),
  add constraint tenants_id_is_tenant_id check (id = tenant_id);
-- Across tenants, and so known to whoever tries one: it is the public name. On the doctor's allow-list.
create unique index tenants_slug on tenantry.tenants (slug);
create index tenants_status on tenantry.tenants (status, created_at, tenant_id);

create table tenantry.tenant_status_history (
  id         uuid not null default tenantry.uuid7() primary key,
  status     text not null,
  suspension text,
  reason     text,
  actor_kind text not null,
  actor_id   uuid,
  at         timestamptz not null default tenantry.clock()
);
comment on table tenantry.tenant_status_history is 'Each state a tenant was in, since when, by whom and why; written by a trigger';
select tenantry.enroll('tenantry.tenant_status_history', access => 'read');

create trigger refuse_quarantined_slug before insert or update of slug on tenantry.tenants
  for each row execute function tenantry.refuse_quarantined_slug();
create trigger quarantine_changed_slug after update of slug on tenantry.tenants
  for each row when (old.slug <> new.slug) execute function tenantry.quarantine_slug();
create trigger quarantine_erased_slug after delete on tenantry.tenants
  for each row execute function tenantry.quarantine_slug();
create trigger open_counters after insert on tenantry.tenants
  for each row execute function tenantry.open_counters();
create trigger record_first_status after insert on tenantry.tenants
  for each row execute function tenantry.record_status();
create trigger record_status after update of status, suspension on tenantry.tenants
  for each row when (old.status <> new.status or old.suspension is distinct from new.suspension)
  execute function tenantry.record_status();

create table tenantry.hosts (
  id         uuid not null default tenantry.uuid7() primary key,
  host       text not null check (host = lower(host) and host ~ '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$'),
  kind       text not null check (kind in ('slug', 'custom')),
  is_primary boolean not null default false,
  created_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.hosts is 'Names under which a tenant is reached';
comment on column tenantry.hosts.kind is 'slug: a label below our own domain, without it; custom: a whole name of the tenant''s own';
comment on column tenantry.hosts.is_primary is 'Links are built from it';
select tenantry.enroll('tenantry.hosts', audit => true, directory => array['id', 'host', 'kind', 'is_primary']);
create unique index hosts_host on tenantry.hosts (host);  -- on the doctor's allow-list, like tenants_slug
create unique index hosts_primary on tenantry.hosts (tenant_id) where is_primary;

create table tenantry.api_keys (
  id           uuid not null default tenantry.uuid7() primary key,
  public_id    text not null check (public_id ~ '^[0-9A-Za-z]{8,32}$'),
  hash         bytea not null check (length(hash) = 32),
  name         text not null check (length(name) between 1 and 200),
  permissions  text[] not null,
  reach        text not null default 'all' check (reach in ('all', 'granted')),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  created_by   uuid not null,
  created_at   timestamptz not null default tenantry.clock(),
  last_used_at timestamptz
);
comment on column tenantry.api_keys.public_id is 'The part of the key that finds it';
comment on column tenantry.api_keys.hash is 'SHA-256 of the whole key';
comment on column tenantry.api_keys.created_by is 'Member, key or operator';
comment on column tenantry.api_keys.last_used_at is 'To the minute: written in batches';
select tenantry.enroll(
  'tenantry.api_keys',
  audit => true,
  redact => array['hash'],
  directory => array['id', 'public_id', 'hash', 'name', 'permissions', 'reach', 'expires_at', 'revoked_at']
);
create unique index api_keys_public_id on tenantry.api_keys (public_id);  -- on the doctor's allow-list: random, and says nothing
create index api_keys_created on tenantry.api_keys (tenant_id, created_at, id);

create table tenantry.grants (
  actor_id   uuid not null,
  object_id  uuid not null,
  granted_at timestamptz not null default tenantry.clock(),
  primary key (actor_id, object_id)
);
comment on table tenantry.grants is 'Objects that a limited actor may reach, with all that belongs to them. Asked by the reach policies, so a removed grant acts at once';
select tenantry.enroll('tenantry.grants', audit => true);
create index grants_object on tenantry.grants (tenant_id, object_id);

create table tenantry.search_tokens (
  target    text not null,
  token     text collate "C" not null,
  object_id uuid not null,
  parent_id uuid,
  primary key (target, token, object_id)
);
comment on table tenantry.search_tokens is 'The words of searchable columns. A prefix search by ^@ reaches the index under row-level security; LIKE does not';
comment on column tenantry.search_tokens.target is 'Table of the object: bms.buildings';
comment on column tenantry.search_tokens.token is 'A word, normalised (NFKC) and in lower case';
comment on column tenantry.search_tokens.parent_id is 'The granted object it belongs to, so that a limited actor''s search stays within its grants';
-- A token of a table without grants has no parent, and is open to all of the tenant.
select tenantry.enroll('tenantry.search_tokens', access => 'read', granted_by => 'parent_id', granted_null_open => true);
create index search_tokens_object on tenantry.search_tokens (tenant_id, target, object_id);

create table tenantry.idempotency_keys (
  actor_id   uuid not null,
  route      text not null,
  key        text not null check (length(key) between 1 and 255),
  body_hash  bytea not null check (length(body_hash) = 32),
  status     integer,
  response   jsonb,
  created_at timestamptz not null default tenantry.clock(),
  primary key (actor_id, route, key)
);
comment on table tenantry.idempotency_keys is 'Answers kept for 24 hours, in the transaction of their effect, so that a repeated request has none';
comment on column tenantry.idempotency_keys.body_hash is 'SHA-256 of the canonical body: the same key for something else is refused';
comment on column tenantry.idempotency_keys.status is 'Null while the first request is at work';
select tenantry.enroll('tenantry.idempotency_keys');
create index idempotency_keys_created on tenantry.idempotency_keys (tenant_id, created_at);

create table tenantry.summaries (
  tenant_id    uuid not null primary key,
  numbers      jsonb not null default '{}' check (jsonb_typeof(numbers) = 'object'),
  refreshed_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.summaries is 'One row of numbers per tenant, the only thing that operators see of its content';
select tenantry.enroll('tenantry.summaries', directory => array['numbers', 'refreshed_at']);
