-- The leased tier: a node gets a block and gives it out by itself.

-- A block is used from when it is granted, so what a crashed node never reported counts. It shrinks with what is left, so that no
-- node sits on the last of a quota, and never outlives its period. What a lease has left comes back with the next one, while it
-- lives: whoever is late may have given out what he does not know of. `granted` is 0 where nothing is left.
create or replace function tenantry.lease_quota(meter text, period text, period_start timestamptz, period_end timestamptz,
  wanted bigint, seconds integer, returned uuid, unused bigint)
  returns table (state text, now timestamptz, max bigint, mode text, used bigint, lease_id uuid, granted bigint, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_quota record;
  _tenantry_returned bigint := 0;
  _tenantry_day date;
  _tenantry_left bigint;
begin
  _tenantry_quota := tenantry.lock_quota($1, $2, $3, $4);
  if _tenantry_quota.state <> 'ready' then
    return query select _tenantry_quota.state, _tenantry_quota.now, _tenantry_quota.max, _tenantry_quota.mode, 0::bigint, null::uuid, 0::bigint,
      null::timestamptz;
    return;
  end if;
  delete from tenantry.quota_leases l where l.tenant_id = _tenantry_tenant and l.id = $7 and l.meter = $1 and l.period_start = $3
      and l.expires_at > _tenantry_quota.now
    returning least($8, l.granted), l.day into _tenantry_returned, _tenantry_day;
  perform tenantry.add_quota_day($1, $3, _tenantry_day, -_tenantry_returned) where _tenantry_returned > 0;
  _tenantry_quota.used := _tenantry_quota.used - coalesce(_tenantry_returned, 0);
  granted := $5;
  if $5 > 0 and _tenantry_quota.max is not null and _tenantry_quota.mode = 'hard' then
    _tenantry_left := _tenantry_quota.max - _tenantry_quota.used - _tenantry_quota.reserved;
    if _tenantry_left <= 0 then
      _tenantry_quota.max := coalesce(tenantry.grow_limit($1, _tenantry_quota.used + _tenantry_quota.reserved + 1), _tenantry_quota.max);
      _tenantry_left := _tenantry_quota.max - _tenantry_quota.used - _tenantry_quota.reserved;
    end if;
    granted := greatest(0, least($5, _tenantry_left, greatest(1, _tenantry_left / 8)));
  end if;
  update tenantry.quota_counters c set used = _tenantry_quota.used + lease_quota.granted, reserved = _tenantry_quota.reserved
    where c.tenant_id = _tenantry_tenant and c.meter = $1 and c.period_start = $3
    returning c.used into lease_quota.used;
  if lease_quota.granted > 0 then
    insert into tenantry.quota_leases as l (tenant_id, meter, period_start, granted, expires_at, day)
      values (_tenantry_tenant, $1, $3, lease_quota.granted, least($4, _tenantry_quota.now + make_interval(secs => $6)), tenantry.today())
      returning l.id, l.expires_at, l.day into lease_quota.lease_id, lease_quota.expires_at, _tenantry_day;
    perform tenantry.add_quota_day($1, $3, _tenantry_day, lease_quota.granted);
    if _tenantry_quota.max is not null and lease_quota.used >= _tenantry_quota.max - _tenantry_quota.max / 5 then
      perform tenantry.note_quota_use($1, $3, (select l.version from tenantry.limits l where l.tenant_id = _tenantry_tenant and l.name = $1),
        _tenantry_quota.max, lease_quota.used);
    end if;
  end if;
  state := 'ready';
  lease_quota.now := _tenantry_quota.now;
  max := _tenantry_quota.max;
  mode := _tenantry_quota.mode;
  return next;
end
$$;
comment on function tenantry.lease_quota(text, text, timestamptz, timestamptz, bigint, integer, uuid, bigint) is
  'Gives a block of a meter to a node, and takes back what is left of its last one; of the tenant in whose scope it is called';
revoke execute on function tenantry.lease_quota(text, text, timestamptz, timestamptz, bigint, integer, uuid, bigint) from public;
grant execute on function tenantry.lease_quota(text, text, timestamptz, timestamptz, bigint, integer, uuid, bigint) to :app_role;
