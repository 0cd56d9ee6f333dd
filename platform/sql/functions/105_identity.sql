-- A session that ended is out on every node within a second. Its realm is no tenant, so the stamp has its id alone.
create or replace function tenantry.stamp_session_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into tenantry.changes (kind, tenant_id, object_id) values ('identity.session', old.tenant_id, old.id);
  perform pg_notify('tenantry_changes', '');
  return null;
end
$$;
revoke execute on function tenantry.stamp_session_change() from public;

grant execute on function tenantry.clock(), tenantry.uuid7() to :identity_role;

-- The realm of what follows in this transaction. A scope's statements may not call set_config themselves.
create or replace function tenantry.enter_realm(_tenantry_realm uuid) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select set_config('tenantry.realm', _tenantry_realm::text, true);
$$;
revoke execute on function tenantry.enter_realm(uuid) from public;
grant execute on function tenantry.enter_realm(uuid) to :identity_role;
