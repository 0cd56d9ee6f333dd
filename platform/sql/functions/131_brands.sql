-- Whatever publishes a brand changes tenants.brand, whose row is locked: numbers come one after the other.

create or replace function tenantry.record_brand() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
declare
  _number integer := coalesce((select max(v.number) from brand_versions v where v.tenant_id = new.tenant_id), 0) + 1;
begin
  insert into brand_versions (tenant_id, number, content, restores, actor_kind, actor_id)
  values (new.tenant_id, _number, new.brand,
          (select max(v.number) from brand_versions v where v.tenant_id = new.tenant_id and v.content = new.brand),
          tenantry.actor_kind(), tenantry.actor());
  -- Those who go back go back a little: more than a hundred are no help.
  delete from brand_versions v where v.tenant_id = new.tenant_id and v.number <= _number - 100;
  return null;
end
$$;

revoke execute on function tenantry.record_brand() from public;
