-- The order, its tenants and the marks that have each of them worked on: all or nothing.
create or replace function tenantry.begin_bulk_operation(
  id uuid, operator_id uuid, action jsonb, reason text, selection jsonb, tenants uuid[]
) returns void
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.bulk_operations (id, operator_id, action, reason, selection) values ($1, $2, $3, $4, $5);
  insert into tenantry.bulk_targets (operation_id, tenant_id) select $1, t from unnest($6) as t;
  insert into tenantry.work (tenant_id, kind, object_id, due_at) select t, 'bulk.apply', $1, tenantry.clock() from unnest($6) as t;
end
$$;
comment on function tenantry.begin_bulk_operation(uuid, uuid, jsonb, text, jsonb, uuid[]) is
  'Begins an operation on many tenants; its work is due at once';
revoke execute on function tenantry.begin_bulk_operation(uuid, uuid, jsonb, text, jsonb, uuid[]) from public;
grant execute on function tenantry.begin_bulk_operation(uuid, uuid, jsonb, text, jsonb, uuid[]) to :directory_role;
