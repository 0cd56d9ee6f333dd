-- Whoever begins is well; the first look comes with the others', five minutes later.
create or replace function tenantry.plan_first_assessment() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.work (tenant_id, kind, object_id, due_at)
  values (new.tenant_id, 'health.assess', new.tenant_id, tenantry.clock() + interval '5 minutes')
  on conflict (tenant_id, kind, object_id) do nothing;
  return null;
end
$$;
revoke execute on function tenantry.plan_first_assessment() from public;
