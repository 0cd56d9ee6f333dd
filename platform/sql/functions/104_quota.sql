-- A metered quota, taken by a route before its handler runs. Like a counted one, but nothing is inserted that a trigger could
-- count: the counter is opened when it is first used. Only a limit that the tenant has can be taken from.
create or replace function tenantry.take_quota(name text, quantity bigint) returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  insert into tenantry.counters (tenant_id, name)
    select l.tenant_id, l.name from tenantry.limits l where l.tenant_id = tenantry.tenant_id() and l.name = $1
    on conflict do nothing;
  perform tenantry.consume($1, $2);
end
$$;
comment on function tenantry.take_quota(text, bigint) is 'Takes from a limit of the tenant in whose scope it is called, or refuses (TN002)';
revoke execute on function tenantry.take_quota(text, bigint) from public;
grant execute on function tenantry.take_quota(text, bigint) to :app_role;
