-- The exact tier: a batch of requests to one meter is decided behind the lock of its counter, in one transaction with its
-- reservations, its verdicts and the thresholds it reaches.

-- The limit, and whether this period can be decided in: ready; moved (the period is another, ask for that); unknown (no such limit);
-- unmetered (a limit of what is there).
create or replace function tenantry.quota_limit(_tenantry_meter text, _tenantry_period text, _tenantry_start timestamptz,
  _tenantry_end timestamptz, out state text, out now timestamptz, out max bigint, out mode text, out version bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_limit record;
begin
  quota_limit.now := tenantry.clock();
  select tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max, l.mode, l.version, l.kind, l.period into _tenantry_limit
    from tenantry.limits l where l.tenant_id = tenantry.tenant_id() and l.name = _tenantry_meter;
  state := case
    when _tenantry_limit is null then 'unknown'
    when _tenantry_limit.kind <> 'metered' then 'unmetered'
    when quota_limit.now < _tenantry_start or quota_limit.now >= _tenantry_end
      or _tenantry_limit.period is distinct from _tenantry_period then 'moved'
    else 'ready' end;
  max := _tenantry_limit.max;
  mode := _tenantry_limit.mode;
  version := _tenantry_limit.version;
end
$$;
revoke execute on function tenantry.quota_limit(text, text, timestamptz, timestamptz) from public;

-- The counter, locked, and the limit as it is behind that lock. Expired holds are taken off here.
create or replace function tenantry.lock_quota(_tenantry_meter text, _tenantry_period text, _tenantry_start timestamptz,
  _tenantry_end timestamptz, out state text, out now timestamptz, out max bigint, out mode text, out version bigint,
  out used bigint, out reserved bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_limit record;
  _tenantry_lapsed bigint;
begin
  select c.used, c.reserved into lock_quota.used, lock_quota.reserved from tenantry.quota_counters c
    where c.tenant_id = _tenantry_tenant and c.meter = _tenantry_meter and c.period_start = _tenantry_start for no key update;
  _tenantry_limit := tenantry.quota_limit(_tenantry_meter, _tenantry_period, _tenantry_start, _tenantry_end);
  state := _tenantry_limit.state;
  lock_quota.now := _tenantry_limit.now;
  max := _tenantry_limit.max;
  mode := _tenantry_limit.mode;
  version := _tenantry_limit.version;
  if state <> 'ready' then
    return;
  end if;
  if lock_quota.used is null then
    insert into tenantry.quota_counters (tenant_id, meter, period_start, period_end)
      values (_tenantry_tenant, _tenantry_meter, _tenantry_start, _tenantry_end) on conflict do nothing;
    select c.used, c.reserved into lock_quota.used, lock_quota.reserved from tenantry.quota_counters c
      where c.tenant_id = _tenantry_tenant and c.meter = _tenantry_meter and c.period_start = _tenantry_start for no key update;
  end if;
  if reserved > 0 then
    with lapsed as (
      update tenantry.quota_reservations r set state = 'lapsed'
        where r.tenant_id = _tenantry_tenant and r.meter = _tenantry_meter and r.period_start = _tenantry_start
          and r.state = 'held' and r.expires_at <= lock_quota.now
        returning r.quantity
    )
    select sum(quantity) into _tenantry_lapsed from lapsed;
    reserved := reserved - coalesce(_tenantry_lapsed, 0);
  end if;
end
$$;
revoke execute on function tenantry.lock_quota(text, text, timestamptz, timestamptz) from public;

-- One element of the arrays per request: its key (null: no verdict is kept), how much, whether it takes what is left, and for how
-- many seconds it is held (null: consumed at once). `verdicts` is null where every request was admitted as asked, else one object
-- per request: verdict (admitted, repeated, denied), quantity, and of a repeated one asked, state and expiresAt.
--
-- Where all of them look like fitting their rows are written before the counter is locked, and that is the most of the work: so
-- processes hold the lock one after the other for moments only. The unique key finds the repeated ones; looking them up first costs
-- more than everything else here. Rows are written in the order of their keys, so that two batches never wait for each other.
create or replace function tenantry.admit_quota(meter text, period text, period_start timestamptz, period_end timestamptz,
  keys text[], quantities bigint[], clamps boolean[], holds integer[])
  returns table (state text, now timestamptz, max bigint, mode text, used bigint, reserved bigint, verdicts jsonb)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_quota record;
  _tenantry_used bigint := 0;
  _tenantry_held bigint := 0;
  _tenantry_new text[];
  _tenantry_is_written boolean;
  _tenantry_quantity bigint;
begin
  _tenantry_quota := tenantry.quota_limit($1, $2, $3, $4);
  _tenantry_is_written := _tenantry_quota.state = 'ready' and (_tenantry_quota.max is null or _tenantry_quota.mode <> 'hard'
    or (select sum(q) from unnest($6) q) <= _tenantry_quota.max - coalesce((select c.used + c.reserved from tenantry.quota_counters c
      where c.tenant_id = _tenantry_tenant and c.meter = $1 and c.period_start = $3), 0));
  if _tenantry_is_written then
    with added as (
      insert into tenantry.quota_reservations as r (tenant_id, meter, key, period_start, state, asked, quantity, expires_at, at)
        select _tenantry_tenant, $1, u.key, $3, case when u.hold is null then 'committed' else 'held' end, u.quantity, u.quantity,
            _tenantry_quota.now + make_interval(secs => u.hold), _tenantry_quota.now
          from unnest($5, $6, $8) with ordinality u(key, quantity, hold, place) where u.key is not null
          order by u.key collate "C", u.place
        on conflict do nothing
        returning r.key, r.quantity, r.state
    )
    select coalesce(sum(a.quantity) filter (where a.state = 'committed'), 0), coalesce(sum(a.quantity) filter (where a.state = 'held'), 0),
        array_agg(a.key) into _tenantry_used, _tenantry_held, _tenantry_new from added a;
    _tenantry_used := _tenantry_used + (select coalesce(sum(u.quantity), 0) from unnest($5, $6) u(key, quantity) where u.key is null);
  end if;

  _tenantry_quota := tenantry.lock_quota($1, $2, $3, $4);
  if _tenantry_is_written and (_tenantry_quota.state <> 'ready' or (_tenantry_quota.max is not null and _tenantry_quota.mode = 'hard'
    and _tenantry_used + _tenantry_held > _tenantry_quota.max - _tenantry_quota.used - _tenantry_quota.reserved)) then
    -- Somebody was faster: they do not fit any more.
    delete from tenantry.quota_reservations r where r.tenant_id = _tenantry_tenant and r.meter = $1 and r.key = any(_tenantry_new);
    _tenantry_is_written := false;
    _tenantry_used := 0;
    _tenantry_held := 0;
  end if;
  if _tenantry_quota.state <> 'ready' then
    return query select _tenantry_quota.state, _tenantry_quota.now, _tenantry_quota.max, _tenantry_quota.mode, 0::bigint, 0::bigint, null::jsonb;
    return;
  end if;

  if not _tenantry_is_written then
    verdicts := '[]';
    for _tenantry_place in 1 .. cardinality($5) loop
      if $5[_tenantry_place] is not null and tenantry.repeated_verdict($1, $5[_tenantry_place]) is not null then
        verdicts := verdicts || tenantry.repeated_verdict($1, $5[_tenantry_place]);
        continue;
      end if;
      _tenantry_quantity := $6[_tenantry_place];
      if _tenantry_quota.max is not null and _tenantry_quota.mode = 'hard'
        and _tenantry_quota.used + _tenantry_quota.reserved + _tenantry_used + _tenantry_held + _tenantry_quantity > _tenantry_quota.max then
        _tenantry_quota.max := coalesce(tenantry.grow_limit($1, _tenantry_quota.used + _tenantry_quota.reserved + _tenantry_used + _tenantry_held
          + _tenantry_quantity), _tenantry_quota.max);
        _tenantry_quantity := least(_tenantry_quantity,
          _tenantry_quota.max - _tenantry_quota.used - _tenantry_quota.reserved - _tenantry_used - _tenantry_held);
        if _tenantry_quantity <= 0 or (_tenantry_quantity < $6[_tenantry_place] and not $7[_tenantry_place]) then
          verdicts := verdicts || jsonb_build_object('verdict', 'denied', 'quantity', 0);
          continue;
        end if;
      end if;
      if $5[_tenantry_place] is not null then
        insert into tenantry.quota_reservations (tenant_id, meter, key, period_start, state, asked, quantity, expires_at, at)
          values (_tenantry_tenant, $1, $5[_tenantry_place], $3, case when $8[_tenantry_place] is null then 'committed' else 'held' end,
            $6[_tenantry_place], _tenantry_quantity, _tenantry_quota.now + make_interval(secs => $8[_tenantry_place]), _tenantry_quota.now)
          on conflict do nothing;
        if not found then
          -- Written by somebody who waits for this counter, or has just had it.
          verdicts := verdicts || tenantry.repeated_verdict($1, $5[_tenantry_place]);
          continue;
        end if;
      end if;
      if $8[_tenantry_place] is null then
        _tenantry_used := _tenantry_used + _tenantry_quantity;
      else
        _tenantry_held := _tenantry_held + _tenantry_quantity;
      end if;
      verdicts := verdicts || jsonb_build_object('verdict', 'admitted', 'quantity', _tenantry_quantity);
    end loop;
  elsif coalesce(cardinality(_tenantry_new), 0) < cardinality(array_remove($5, null)) then
    select jsonb_agg(case when u.key is null or (u.key = any(_tenantry_new) and not u.again)
          then jsonb_build_object('verdict', 'admitted', 'quantity', u.quantity)
          else tenantry.repeated_verdict($1, u.key) end order by u.place)
      into verdicts
      from (select *, row_number() over (partition by p.key order by p.place) > 1 as again
        from unnest($5, $6) with ordinality p(key, quantity, place)) u;
  end if;

  update tenantry.quota_counters c
    set used = _tenantry_quota.used + _tenantry_used, reserved = _tenantry_quota.reserved + _tenantry_held
    where c.tenant_id = _tenantry_tenant and c.meter = $1 and c.period_start = $3
    returning c.used, c.reserved into admit_quota.used, admit_quota.reserved;
  perform tenantry.add_quota_day($1, $3, tenantry.today(), _tenantry_used) where _tenantry_used > 0;
  if _tenantry_used > 0 and _tenantry_quota.max is not null and admit_quota.used >= _tenantry_quota.max - _tenantry_quota.max / 5 then
    perform tenantry.note_quota_use($1, $3, (select l.version from tenantry.limits l where l.tenant_id = _tenantry_tenant and l.name = $1),
      _tenantry_quota.max, admit_quota.used);
  end if;
  state := 'ready';
  admit_quota.now := _tenantry_quota.now;
  max := _tenantry_quota.max;
  mode := _tenantry_quota.mode;
  return next;
end
$$;
comment on function tenantry.admit_quota(text, text, timestamptz, timestamptz, text[], bigint[], boolean[], integer[]) is
  'Decides a batch of requests to one meter of the tenant in whose scope it is called';
revoke execute on function tenantry.admit_quota(text, text, timestamptz, timestamptz, text[], bigint[], boolean[], integer[]) from public;
grant execute on function tenantry.admit_quota(text, text, timestamptz, timestamptz, text[], bigint[], boolean[], integer[]) to :app_role;

create or replace function tenantry.repeated_verdict(_tenantry_meter text, _tenantry_key text) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('verdict', 'repeated', 'quantity', r.quantity, 'asked', r.asked, 'state', r.state, 'expiresAt', r.expires_at)
    from tenantry.quota_reservations r where r.tenant_id = tenantry.tenant_id() and r.meter = $1 and r.key = $2
$$;
revoke execute on function tenantry.repeated_verdict(text, text) from public;
