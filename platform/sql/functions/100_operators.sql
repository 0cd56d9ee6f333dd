-- Operators belong to no tenant, so their changes are stamped without one.
create or replace function tenantry.stamp_operator_change() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.changes (kind, object_id)
  values (tg_table_schema || '.' || tg_table_name, case tg_op when 'DELETE' then old.id else new.id end);
  perform pg_notify('tenantry_changes', '');
  return null;
end
$$;
revoke execute on function tenantry.stamp_operator_change() from public;
