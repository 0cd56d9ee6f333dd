-- What was admitted, by day: usage that nobody has to report. Called behind the lock of the counter, so days are never waited for.

create or replace function tenantry.today() returns date
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select (tenantry.clock() at time zone t.time_zone)::date from tenantry.tenants t where t.tenant_id = tenantry.tenant_id()
$$;
revoke execute on function tenantry.today() from public;

-- What the platform counts itself is in the sums of usage already.
create or replace function tenantry.add_quota_day(_tenantry_meter text, _tenantry_period timestamptz, _tenantry_day date,
  _tenantry_quantity bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into tenantry.quota_days as d (tenant_id, meter, period_start, day, quantity)
    select tenantry.tenant_id(), $1, $2, $3, $4 where $4 <> 0 and $3 is not null and $1 <> all (tenantry.platform_meters())
    on conflict (tenant_id, meter, period_start, day) do update set quantity = d.quantity + excluded.quantity
$$;
revoke execute on function tenantry.add_quota_day(text, timestamptz, date, bigint) from public;
