-- Secrets of tenants are sealed with a key of the tenant's own, which is sealed with the installation's master key.

create table tenantry.data_keys (
  id             uuid not null default tenantry.uuid7() primary key,
  single         boolean not null default true check (single),  -- one row in each tenant
  sealed         bytea not null,
  master_version smallint not null check (master_version between 1 and 255),
  created_at     timestamptz not null default tenantry.clock(),
  unique (single)
);
comment on table tenantry.data_keys is 'The key that seals a tenant''s secrets. Without it they are noise: deleting the row shreds all of them';
comment on column tenantry.data_keys.sealed is '32 bytes, sealed with the master key';
comment on column tenantry.data_keys.master_version is 'Of the master key that sealed it';
select tenantry.enroll('tenantry.data_keys', audit => true, redact => array['sealed']);
