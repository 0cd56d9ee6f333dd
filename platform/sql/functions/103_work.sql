create or replace function tenantry.schedule(kind text, object_id uuid, due_at timestamptz) returns void
  language sql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
  insert into tenantry.work (tenant_id, kind, object_id, due_at) values (tenantry.tenant_id(), $1, $2, $3)
  on conflict (tenant_id, kind, object_id) do update set due_at = least(work.due_at, excluded.due_at)
$$;
comment on function tenantry.schedule(text, uuid, timestamptz) is
  'Marks work as due in the tenant in whose scope it is called; of two marks of one object the earlier counts';
revoke execute on function tenantry.schedule(text, uuid, timestamptz) from public;
grant execute on function tenantry.schedule(text, uuid, timestamptz) to :app_role;
