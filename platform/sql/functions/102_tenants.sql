-- What has to be there, and to be written down, whenever a tenant begins or changes its state.

-- A counted table refuses an insert without its counter row.
create or replace function tenantry.open_counters() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.counters (tenant_id, name, used)
  select distinct new.tenant_id, e.options ->> 'counts', 0
  from tenantry.enrolment e
  where e.options ->> 'counts' is not null
  on conflict do nothing;
  return null;
end
$$;

create or replace function tenantry.record_status() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.tenant_status_history (tenant_id, status, suspension, reason, actor_kind, actor_id)
  values (new.tenant_id, new.status, new.suspension, new.status_reason, tenantry.actor_kind(), tenantry.actor());
  return null;
end
$$;

-- The tenant comes from the context, like everywhere.
create or replace function tenantry.bury(slug text, counts jsonb) returns void
  language sql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
  insert into tenantry.tombstones (tenant_id, slug, counts) values (tenantry.tenant_id(), $1, $2)
$$;
comment on function tenantry.bury(text, jsonb) is 'Leaves the tombstone of the tenant in whose scope it is called; counts are erased rows by table';

revoke execute on function tenantry.open_counters(), tenantry.record_status(), tenantry.bury(text, jsonb) from public;
grant execute on function tenantry.bury(text, jsonb) to :app_role;
