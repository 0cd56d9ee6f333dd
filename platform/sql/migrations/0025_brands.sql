-- What a tenant shows of itself: a draft, the versions that were published, and pictures. What holds now is tenants.brand.

create table tenantry.brand_versions (
  id          uuid not null default tenantry.uuid7() primary key,
  number      integer not null check (number > 0),
  content     jsonb not null,
  restores    integer,
  actor_kind  text not null,
  actor_id    uuid,
  at          timestamptz not null default tenantry.clock()
);
comment on table tenantry.brand_versions is 'Each brand a tenant published, the last hundred of them; written by a trigger, so that none is missed';
comment on column tenantry.brand_versions.restores is 'The latest version before it that said the same';
select tenantry.enroll('tenantry.brand_versions', access => 'read');
create unique index brand_versions_number on tenantry.brand_versions (tenant_id, number);

create table tenantry.brand_drafts (
  id          uuid not null default tenantry.uuid7() primary key,
  content     jsonb check (jsonb_typeof(content) = 'object'),
  version     integer not null default 1,
  changed_at  timestamptz not null default tenantry.clock()
);
comment on table tenantry.brand_drafts is 'What a tenant prepares; at most one row each';
comment on column tenantry.brand_drafts.content is 'Null: nothing differs from what is published';
select tenantry.enroll('tenantry.brand_drafts', audit => true);
create unique index brand_drafts_tenant on tenantry.brand_drafts (tenant_id);

create table tenantry.brand_images (
  id          uuid not null default tenantry.uuid7() primary key,
  kind        text not null check (kind in ('logo_light', 'logo_dark', 'favicon')),
  bytes       bytea not null check (length(bytes) between 1 and 2000000),
  width       integer not null,
  height      integer not null,
  created_at  timestamptz not null default tenantry.clock()
);
comment on table tenantry.brand_images is 'Pictures of brands, drawn anew as PNG: never the bytes that somebody sent';
select tenantry.enroll('tenantry.brand_images', audit => true, redact => array['bytes']);

create trigger record_first_brand after insert on tenantry.tenants
  for each row when (new.brand <> '{}') execute function tenantry.record_brand();
create trigger record_brand after update of brand on tenantry.tenants
  for each row when (old.brand is distinct from new.brand) execute function tenantry.record_brand();
