-- Takes up to `wanted` requests from the tenant's bucket of a rate, which all nodes share. One row, locked for the statement alone.
-- In seconds: `retry_after` until one more can be had, `full_in` until all can.
create or replace function tenantry.lease_rate(_tenantry_rate text, _tenantry_requests bigint, _tenantry_window integer, _tenantry_wanted integer)
returns table (granted integer, remaining bigint, retry_after double precision, full_in double precision)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_now timestamptz;
  _tenantry_ahead double precision;
  _tenantry_interval double precision := _tenantry_window::double precision / _tenantry_requests;
  _tenantry_free bigint;
begin
  insert into tenantry.rate_leases (name, full_again_at) values (_tenantry_rate, to_timestamp(0)) on conflict do nothing;
  perform from tenantry.rate_leases r where r.tenant_id = tenantry.tenant_id() and r.name = _tenantry_rate for update;
  -- Of the moment at which the row is ours: who waited for it must not count the time twice.
  _tenantry_now := tenantry.clock();
  select greatest(0, least(extract(epoch from r.full_again_at - _tenantry_now), _tenantry_window)) into _tenantry_ahead
    from tenantry.rate_leases r where r.tenant_id = tenantry.tenant_id() and r.name = _tenantry_rate;
  -- A microsecond's worth of rounding must not cost a whole request.
  _tenantry_free := floor((_tenantry_window - _tenantry_ahead) / _tenantry_interval + 0.000001);
  granted := least(_tenantry_wanted, _tenantry_free);
  remaining := _tenantry_free - granted;
  _tenantry_ahead := _tenantry_ahead + granted * _tenantry_interval;
  full_in := _tenantry_ahead;
  retry_after := greatest(0, _tenantry_ahead + _tenantry_interval - _tenantry_window);
  update tenantry.rate_leases r set full_again_at = _tenantry_now + make_interval(secs => _tenantry_ahead)
    where r.tenant_id = tenantry.tenant_id() and r.name = _tenantry_rate;
  return next;
end
$$;
comment on function tenantry.lease_rate(text, bigint, integer, integer) is 'Takes from a rate of the tenant in whose scope it is called; fewer than wanted, or none, when it is spent';
revoke execute on function tenantry.lease_rate(text, bigint, integer, integer) from public;
grant execute on function tenantry.lease_rate(text, bigint, integer, integer) to :app_role;
