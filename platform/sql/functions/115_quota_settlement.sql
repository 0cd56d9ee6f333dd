-- What became of holds: committed with what was really used, or released. Each ends once; saying it again changes nothing.

-- One element per hold: its key, and how much was used (null: it is released). `outcome`: settled, repeated, absent (no such hold),
-- ended (the other way, or with another quantity), exceeded (more than was held).
create or replace function tenantry.settle_quota(meter text, keys text[], actuals bigint[])
  returns table (outcome text, state text, quantity bigint, late boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_now timestamptz := tenantry.clock();
  _tenantry_hold record;
  _tenantry_actual bigint;
  _tenantry_to text;
  _tenantry_max bigint;
  _tenantry_version bigint;
  _tenantry_used bigint;
begin
  -- Like whoever admits: first the counters, in order, then what they hold.
  perform from tenantry.quota_counters c where c.tenant_id = _tenantry_tenant and c.meter = $1 and c.period_start in (
      select r.period_start from tenantry.quota_reservations r where r.tenant_id = _tenantry_tenant and r.meter = $1 and r.key = any($2))
    order by c.period_start for no key update;
  select tenantry.max_now(l.tenant_id, l.name, l.max, l.until), l.version into _tenantry_max, _tenantry_version from tenantry.limits l where l.tenant_id = _tenantry_tenant and l.name = $1;
  for _tenantry_place in 1 .. cardinality($2) loop
    _tenantry_actual := $3[_tenantry_place];
    _tenantry_to := case when _tenantry_actual is null then 'released' else 'committed' end;
    select r.* into _tenantry_hold from tenantry.quota_reservations r
      where r.tenant_id = _tenantry_tenant and r.meter = $1 and r.key = $2[_tenantry_place] and r.expires_at is not null;
    outcome := case
      when _tenantry_hold.key is null then 'absent'
      when _tenantry_hold.state in ('held', 'lapsed') then case when _tenantry_actual > _tenantry_hold.quantity then 'exceeded' else 'settled' end
      when _tenantry_hold.state = _tenantry_to and coalesce(_tenantry_actual, _tenantry_hold.quantity) = _tenantry_hold.quantity then 'repeated'
      else 'ended' end;
    state := _tenantry_hold.state;
    quantity := _tenantry_hold.quantity;
    late := _tenantry_hold.late;
    if outcome = 'settled' then
      update tenantry.quota_counters c
        set used = c.used + coalesce(_tenantry_actual, 0),
            reserved = c.reserved - case _tenantry_hold.state when 'held' then _tenantry_hold.quantity else 0 end
        where c.tenant_id = _tenantry_tenant and c.meter = $1 and c.period_start = _tenantry_hold.period_start
        returning c.used into _tenantry_used;
      update tenantry.quota_reservations r
        set state = _tenantry_to, quantity = coalesce(_tenantry_actual, r.quantity),
            late = _tenantry_actual is not null and (r.state = 'lapsed' or r.expires_at <= _tenantry_now)
        where r.tenant_id = _tenantry_tenant and r.meter = $1 and r.key = $2[_tenantry_place]
        returning r.state, r.quantity, r.late into settle_quota.state, settle_quota.quantity, settle_quota.late;
      perform tenantry.add_quota_day($1, _tenantry_hold.period_start, tenantry.today(), _tenantry_actual) where _tenantry_actual > 0;
      if _tenantry_actual > 0 and _tenantry_max is not null and _tenantry_used >= _tenantry_max - _tenantry_max / 5 then
        perform tenantry.note_quota_use($1, _tenantry_hold.period_start, _tenantry_version, _tenantry_max, _tenantry_used);
      end if;
    end if;
    return next;
  end loop;
end
$$;
comment on function tenantry.settle_quota(text, text[], bigint[]) is 'Ends holds on a meter of the tenant in whose scope it is called';
revoke execute on function tenantry.settle_quota(text, text[], bigint[]) from public;
grant execute on function tenantry.settle_quota(text, text[], bigint[]) to :app_role;
