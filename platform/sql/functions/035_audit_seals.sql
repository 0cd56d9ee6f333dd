-- Sees to it that the tenant's new entries are sealed, within seconds. Called by whatever writes one, so it must cost next to
-- nothing: where a look is due soon it neither writes nor locks, and where somebody holds the mark it does not wait. What is
-- missed so is found by the looks that follow: the sealer goes on for a minute after the last entry, and looks once a day.
-- The mark is never removed, therefore nobody ever waits for another's insert of it.
create or replace function tenantry.plan_sealing() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_due timestamptz := tenantry.clock() + interval '5 seconds';
begin
  perform 1 from tenantry.work w
    where w.tenant_id = _tenantry_tenant and w.kind = 'audit' and w.object_id = _tenantry_tenant and w.due_at <= _tenantry_due;
  if found then
    return;
  end if;
  perform 1 from tenantry.work w
    where w.tenant_id = _tenantry_tenant and w.kind = 'audit' and w.object_id = _tenantry_tenant for update skip locked;
  if found then
    update tenantry.work w set due_at = least(w.due_at, _tenantry_due), attempts = 0
      where w.tenant_id = _tenantry_tenant and w.kind = 'audit' and w.object_id = _tenantry_tenant;
  elsif not exists (
    select from tenantry.work w where w.tenant_id = _tenantry_tenant and w.kind = 'audit' and w.object_id = _tenantry_tenant
  ) then
    insert into tenantry.work (tenant_id, kind, object_id, due_at) values (_tenantry_tenant, 'audit', _tenantry_tenant, _tenantry_due)
      on conflict on constraint work_pkey do nothing;
  end if;
end
$$;
revoke execute on function tenantry.plan_sealing() from public;
