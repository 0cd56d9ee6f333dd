-- A tenant may have another one above it: what its own brand does not say comes from there.

alter table tenantry.tenants add column parent_id uuid check (parent_id <> id);
-- No foreign key: one between tenants would tell that a tenant exists, and erasing one would write into another. Who is not there counts as no parent.
comment on column tenantry.tenants.parent_id is 'The tenant above it, chosen by operators; a tenant has children or grandchildren at most. Of one that is gone: as if there were none';
-- Redacted: its people read the audit, and know their parent by its name alone.
select tenantry.enroll(
  'tenantry.tenants',
  audit => true,
  redact => array['parent_id'],
  directory => array['id', 'slug', 'name', 'realm_id', 'system', 'tier', 'plan_version', 'status', 'suspension', 'status_changed_at', 'legal_hold',
                     'erase_after', 'features', 'version', 'created_at', 'updated_at', 'parent_id']
);
create index tenants_parent on tenantry.tenants (parent_id, id) where parent_id is not null;
