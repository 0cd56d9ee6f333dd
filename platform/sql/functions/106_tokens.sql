-- A key that was made, retired or taken away is known on every node within a second. Its id is text, and nodes read all of them.
create or replace function tenantry.stamp_signing_key_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into tenantry.changes (kind) values ('tenantry.signing_keys');
  perform pg_notify('tenantry_changes', '');
  return null;
end
$$;
revoke execute on function tenantry.stamp_signing_key_change() from public;
