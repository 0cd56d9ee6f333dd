-- What a key is bound to beside its permissions, where a tenant may be worked with from, and the rate that nodes share.

alter table tenantry.api_keys
  add column requests_per_hour integer check (requests_per_hour between 1 and 36000000),
  add column allowed_addresses text[] not null default '{}' check (cardinality(allowed_addresses) <= 100),
  add column replaces uuid,
  add constraint api_keys_replaces foreign key (tenant_id, replaces) references tenantry.api_keys (tenant_id, id)
    on delete set null (replaces);
comment on column tenantry.api_keys.requests_per_hour is 'Null: what the installation gives every key';
comment on column tenantry.api_keys.allowed_addresses is 'CIDR ranges in their canonical form; none: from everywhere';
comment on column tenantry.api_keys.replaces is 'The key that it was rotated from';
create index api_keys_replaces on tenantry.api_keys (tenant_id, replaces) where replaces is not null;

select tenantry.enroll(
  'tenantry.api_keys',
  audit => true,
  redact => array['hash'],
  directory => array['id', 'public_id', 'hash', 'name', 'permissions', 'reach', 'expires_at', 'revoked_at', 'requests_per_hour',
                     'allowed_addresses']
);

create table tenantry.address_lists (
  tenant_id  uuid not null primary key,
  ranges     text[] not null check (cardinality(ranges) between 1 and 100),
  changed_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.address_lists is 'Where members and keys of a tenant may come from; no row: from everywhere';
comment on column tenantry.address_lists.ranges is 'CIDR ranges in their canonical form';
select tenantry.enroll('tenantry.address_lists', audit => true, directory => array['ranges']);

create table tenantry.rate_leases (
  name          text not null primary key,
  full_again_at timestamptz not null
);
comment on table tenantry.rate_leases is 'Rates of a plan that nodes share: each takes some requests at a time from the one bucket of the tenant';
comment on column tenantry.rate_leases.full_again_at is 'GCRA: when all of it can be asked for again';
select tenantry.enroll('tenantry.rate_leases', access => 'read');
-- A crash of PostgreSQL forgives what was asked in the last minute, and nothing waits for the disk. Enrolment refuses such tables,
-- because most are worth more than that; the doctor knows this one by name.
alter table tenantry.rate_leases set unlogged;
