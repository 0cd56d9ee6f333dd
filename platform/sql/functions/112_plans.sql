-- Plans do not change once somebody has them, and a tenant's limits follow its plan, add-ons and overrides.

create or replace function tenantry.keep_sold_plan() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'version % of % was sold and does not change any more', old.version, old.key using errcode = 'restrict_violation';
end
$$;

-- Writes the limits of the scope's tenant as they are resolved now. The row lock comes first: of two who change plan, add-ons or overrides at
-- one moment the second sees what the first did. A limit that no rule gives any more is zero; its row stays, and with it its version.
create or replace function tenantry.refresh_entitlements() returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_until timestamptz;
begin
  perform from tenantry.tenants t where t.tenant_id = _tenantry_tenant for no key update;

  update tenantry.plans p set sold_at = tenantry.clock()
    from tenantry.tenants t
    where t.tenant_id = _tenantry_tenant and p.system = t.system and p.sold_at is null
      and (p.kind = 'plan' and p.key = t.tier and p.version = t.plan_version
        or p.kind = 'add_on' and exists (select from tenantry.held_add_ons a where a.tenant_id = t.tenant_id and a.key = p.key and a.version = p.version));

  insert into tenantry.limits as l (tenant_id, name, max, kind, mode, period, until)
    select _tenantry_tenant, e.name, (e.value ->> 'max')::bigint, e.value ->> 'kind', e.value ->> 'mode', e.value ->> 'period', e.until
      from tenantry.entitlements(_tenantry_tenant, tenantry.clock()) e where e.kind = 'limit'
    on conflict (tenant_id, name) do update
      set max = excluded.max, kind = excluded.kind, mode = excluded.mode, period = excluded.period, until = excluded.until
      where (l.max, l.kind, l.mode, l.period, l.until) is distinct from (excluded.max, excluded.kind, excluded.mode, excluded.period, excluded.until);

  update tenantry.limits l set max = 0, until = null
    where l.tenant_id = _tenantry_tenant and (l.max is distinct from 0 or l.until is not null)
      and l.name <> all (select e.name from tenantry.entitlements(_tenantry_tenant, tenantry.clock()) e where e.kind = 'limit')
      and exists (select from tenantry.tenants t join tenantry.plans p
                    on p.system = t.system and p.kind = 'plan' and p.key = t.tier and p.version = t.plan_version
                   where t.tenant_id = _tenantry_tenant);

  select min(l.until) into _tenantry_until from tenantry.limits l where l.tenant_id = _tenantry_tenant;
  if _tenantry_until is not null then
    perform tenantry.schedule('plans.refresh', _tenantry_tenant, _tenantry_until);
  end if;
end
$$;
comment on function tenantry.refresh_entitlements() is
  'To be called in the transaction that changes the plan, the add-ons or the overrides of the tenant in whose scope it runs';

revoke execute on function tenantry.keep_sold_plan(), tenantry.refresh_entitlements() from public;
grant execute on function tenantry.refresh_entitlements() to :app_role;
