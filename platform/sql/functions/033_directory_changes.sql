-- Stamps of changed directory rows. Nodes find them by transaction id; the notification is only a hint that there is something.
-- Arguments: columns that the directory reads, `id` where that is a uuid. Other columns may change without a stamp.
create or replace function tenantry.stamp_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_kind text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  _tenantry_columns text[] := TG_ARGV[0]::text[] || array['id', 'tenant_id'];
  _tenantry_by_id boolean := TG_ARGV[1] = 'id';
begin
  if TG_OP = 'INSERT' then
    insert into tenantry.changes (kind, tenant_id, object_id)
      select _tenantry_kind, _tenantry_row.tenant_id, case when _tenantry_by_id then (to_jsonb(_tenantry_row) ->> 'id')::uuid end
      from _tenantry_after _tenantry_row;
  elsif TG_OP = 'DELETE' then
    insert into tenantry.changes (kind, tenant_id, object_id)
      select _tenantry_kind, _tenantry_row.tenant_id, case when _tenantry_by_id then (to_jsonb(_tenantry_row) ->> 'id')::uuid end
      from _tenantry_before _tenantry_row;
  else
    insert into tenantry.changes (kind, tenant_id, object_id)
      with before as (select tenantry.pick(to_jsonb(_tenantry_row), _tenantry_columns) as image from _tenantry_before _tenantry_row),
      after as (select tenantry.pick(to_jsonb(_tenantry_row), _tenantry_columns) as image from _tenantry_after _tenantry_row)
      select distinct _tenantry_kind, (d.image ->> 'tenant_id')::uuid, case when _tenantry_by_id then (d.image ->> 'id')::uuid end
      from ((table before except all table after) union all (table after except all table before)) d;
  end if;
  if found then
    perform pg_notify('tenantry_changes', '');
  end if;
  return null;
end
$$;
