-- How nodes hear of signing keys, and how all programs of a person are found.

create trigger stamp_change after insert or update or delete on tenantry.signing_keys
  for each statement execute function tenantry.stamp_signing_key_change();

-- Across tenants: a changed password ends them all.
create index refresh_families_live on tenantry.refresh_families (user_id) where ended_at is null;
