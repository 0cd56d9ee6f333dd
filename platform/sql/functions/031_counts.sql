-- Counted quotas: one conditional update per statement decides and consumes. Its row lock makes it exact, and holds until the commit.
-- Argument: name of the counter. All rows of a statement belong to the tenant of the context, the policy sees to that.
create or replace function tenantry.count_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_rows bigint;
begin
  if TG_OP = 'INSERT' then
    select count(*) into _tenantry_rows from _tenantry_after;
    if _tenantry_rows > 0 then
      perform tenantry.consume(TG_ARGV[0], _tenantry_rows);
    end if;
  else
    select count(*) into _tenantry_rows from _tenantry_before;
    if _tenantry_rows > 0 then
      update tenantry.counters set used = used - _tenantry_rows where tenant_id = tenantry.tenant_id() and name = TG_ARGV[0];
    end if;
  end if;
  return null;
end
$$;

-- Refuses (TN002) where the limit is hard, does not suffice and does not grow, and where counter or limit is missing. DETAIL is for
-- the server alone.
create or replace function tenantry.consume(_tenantry_name text, _tenantry_quantity bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_state record;
begin
  loop
    update tenantry.counters c set used = c.used + _tenantry_quantity
      from tenantry.limits l
      where c.tenant_id = _tenantry_tenant and c.name = _tenantry_name and l.tenant_id = c.tenant_id and l.name = c.name
        and (l.mode <> 'hard' or coalesce(c.used + _tenantry_quantity <= tenantry.max_now(l.tenant_id, l.name, l.max, l.until), true))
      returning c.used, tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max, l.version into _tenantry_state;
    if found then
      if _tenantry_state.max is not null and _tenantry_state.used >= _tenantry_state.max - _tenantry_state.max / 5 then
        perform tenantry.note_quota_use(_tenantry_name, '-infinity', _tenantry_state.version, _tenantry_state.max, _tenantry_state.used);
      end if;
      return;
    end if;
    select c.used, tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max into _tenantry_state
      from tenantry.counters c join tenantry.limits l on l.tenant_id = c.tenant_id and l.name = c.name
      where c.tenant_id = _tenantry_tenant and c.name = _tenantry_name;
    exit when not found or tenantry.grow_limit(_tenantry_name, _tenantry_state.used + _tenantry_quantity) is null;
  end loop;
  raise exception '%', case when _tenantry_state is not null then format('counted quota %s does not suffice', _tenantry_name)
      else format('counted quota %s has no counter or no limit for this tenant', _tenantry_name) end
    using errcode = 'TN002', detail = jsonb_build_object('limit', _tenantry_name, 'max', coalesce(_tenantry_state.max, 0),
      'used', coalesce(_tenantry_state.used, 0), 'requested', _tenantry_quantity)::text;
end
$$;
