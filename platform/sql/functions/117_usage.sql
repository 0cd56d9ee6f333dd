-- Usage: taken in, summed and sealed. Definer functions write, the app role only reads: this is what bills are made of.

-- Taking in holds it shared, sealing alone: what is under way when a period is sealed is in the sums that are read behind it.
create or replace function tenantry.usage_lock_key() returns bigint
language sql stable set search_path = pg_catalog, pg_temp
return hashtextextended('tenantry.usage ' || tenantry.tenant_id()::text, 0);

-- What only the platform counts.
create or replace function tenantry.platform_meters() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp
return array['api_calls', 'sign_ins'];

-- Takes events in, one element per event and array. Answers for each `accepted`, `duplicate`, or the code of its refusal. A null
-- time is now. The unique keys find what is known already: to look first is ten times slower.
create or replace function tenantry.record_usage(
  keys text[], meters text[], quantities bigint[], times timestamptz[], corrects text[], descriptions text[], dimensions jsonb[]
) returns text[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_now timestamptz := tenantry.clock();
  _tenantry_zone text := (select t.time_zone from tenantry.tenants t where t.tenant_id = _tenantry_tenant);
  _tenantry_sealed timestamptz;
  _tenantry_refusals text[];
  _tenantry_times timestamptz[];
  _tenantry_accepted integer[];
begin
  perform pg_advisory_xact_lock_shared(tenantry.usage_lock_key());
  _tenantry_sealed := (select max(z.ends_at) from tenantry.usage_seals z where z.tenant_id = _tenantry_tenant);

  -- What can be said of each event alone; nothing where nothing is wrong. A correction counts where its original did.
  select array_agg(case
        when s.meter = any (tenantry.platform_meters()) then 'platform_meter'
        when l.name is null then 'unknown_meter'
        when s.corrects is null and s.at < _tenantry_now - interval '35 days' then 'too_old'
        when s.corrects is null and s.at > _tenantry_now + interval '5 minutes' then 'too_far_ahead'
        when s.corrects is not null and (o.key is null or o.meter <> s.meter or o.corrects is not null) then 'unknown_original'
        when o.quantity + s.quantity < 0 then 'correction_too_large'
        else ''
      end order by s.n),
      array_agg(coalesce(o.at, s.at, _tenantry_now) order by s.n)
    into _tenantry_refusals, _tenantry_times
    from unnest($1, $2, $3, $4, $5) with ordinality s(key, meter, quantity, at, corrects, n)
    left join tenantry.limits l on l.tenant_id = _tenantry_tenant and l.name = s.meter and l.kind = 'metered'
    -- Looked up one by one, and only for corrections: the planner would rather read all keys that there are.
    left join lateral (select k.* from tenantry.usage_keys k
      where s.corrects is not null and k.tenant_id = _tenantry_tenant and k.key = s.corrects limit 1) o on true;

  -- Keys, log, hours and days in one statement. Everybody takes keys, hours and days in their own order, so that nobody waits in a
  -- circle. The comparison that is no equation keeps the planner from expecting five events, and from comparing each with each.
  with sent as materialized (
    select distinct on (s.key) s.*
    from unnest($1, $2, $3, _tenantry_times, $5, $6, $7, _tenantry_refusals) with ordinality
      s(key, meter, quantity, at, corrects, description, dimensions, refusal, n)
    where s.refusal <= '' order by s.key, s.n
  ), fresh as (
    insert into tenantry.usage_keys (tenant_id, key, meter, quantity, at, corrects)
      select _tenantry_tenant, s.key, s.meter, s.quantity, s.at, s.corrects from sent s order by s.key
      on conflict do nothing
      returning key
  ), accepted as materialized (
    select s.*, z.starts_at as adjusts,
      case when z.starts_at is null then s.at else greatest(_tenantry_now, _tenantry_sealed) end as counted_at
    from fresh f join sent s on s.key = f.key
    left join lateral (select u.starts_at from tenantry.usage_seals u
      where s.at < _tenantry_sealed and u.tenant_id = _tenantry_tenant and u.starts_at <= s.at and s.at < u.ends_at limit 1) z on true
  ), logged as (
    insert into tenantry.usage_events
        (tenant_id, received_at, key, meter, quantity, at, counted_at, adjusts, corrects, description, dimensions)
      select _tenantry_tenant, _tenantry_now, a.key, a.meter, a.quantity, a.at, a.counted_at, a.adjusts, a.corrects, a.description,
        coalesce(a.dimensions, '{}')
      from accepted a
  ), by_hour as (
    insert into tenantry.usage_hours as h (tenant_id, meter, hour, quantity)
      select _tenantry_tenant, a.meter, date_trunc('hour', a.counted_at, 'UTC') as hour, sum(a.quantity)
      from accepted a group by a.meter, 3 order by a.meter, 3
      on conflict (tenant_id, meter, hour) do update set quantity = h.quantity + excluded.quantity
  ), by_day as (
    insert into tenantry.usage_days as d (tenant_id, meter, day, quantity)
      select _tenantry_tenant, a.meter, (a.counted_at at time zone _tenantry_zone)::date as day, sum(a.quantity)
      from accepted a group by a.meter, 3 order by a.meter, 3
      on conflict (tenant_id, meter, day) do update set quantity = d.quantity + excluded.quantity
  )
  select coalesce(array_agg(a.n), '{}') into _tenantry_accepted from accepted a;

  if cardinality(_tenantry_accepted) = cardinality(keys) then
    return array_fill('accepted'::text, array[cardinality(keys)]);
  end if;
  -- A statement of its own: it sees what others stored of the same keys while the one before waited for them.
  return (
    select array_agg(case
        when a.n is not null then 'accepted'
        when k.key is null then coalesce(nullif(s.refusal, ''), 'already_corrected')
        when (k.meter, k.quantity) = (s.meter, s.quantity) and k.corrects is not distinct from s.corrects
          and (s.at is null or s.at = k.at) then 'duplicate'
        else 'idempotency_key_reused'
      end order by s.n)
    from unnest($1, $2, $3, $4, $5, _tenantry_refusals) with ordinality s(key, meter, quantity, at, corrects, refusal, n)
    left join unnest(_tenantry_accepted) a(n) on a.n = s.n
    left join lateral (select u.* from tenantry.usage_keys u
      where a.n is null and u.tenant_id = _tenantry_tenant and u.key = s.key limit 1) k on true);
end
$$;
comment on function tenantry.record_usage(text[], text[], bigint[], timestamptz[], text[], text[], jsonb[]) is
  'Takes in usage of the tenant in whose scope it is called, each event once for ever; answers a verdict for each';

-- What the platform counted of the tenant itself since the last time: sums without a log.
create or replace function tenantry.add_usage(meters text[], quantities bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_now timestamptz := tenantry.clock();
  _tenantry_zone text := (select t.time_zone from tenantry.tenants t where t.tenant_id = _tenantry_tenant);
begin
  -- A tenant is measured from its first activity on.
  insert into tenantry.work (tenant_id, kind, object_id, due_at) values (_tenantry_tenant, 'usage.measure', _tenantry_tenant, _tenantry_now)
    on conflict do nothing;
  with counted as (
    select s.meter, sum(s.quantity) as quantity from unnest($1, $2) s(meter, quantity) group by s.meter
  ), by_hour as (
    insert into tenantry.usage_hours as h (tenant_id, meter, hour, quantity)
      select _tenantry_tenant, c.meter, date_trunc('hour', _tenantry_now, 'UTC'), c.quantity from counted c order by c.meter
      on conflict (tenant_id, meter, hour) do update set quantity = h.quantity + excluded.quantity
  )
  insert into tenantry.usage_days as d (tenant_id, meter, day, quantity)
    select _tenantry_tenant, c.meter, (_tenantry_now at time zone _tenantry_zone)::date, c.quantity from counted c order by c.meter
    on conflict (tenant_id, meter, day) do update set quantity = d.quantity + excluded.quantity;
end
$$;
comment on function tenantry.add_usage(text[], bigint[]) is 'Adds to the sums of this hour and day, of the tenant in whose scope it is called';

-- Nothing counts in [starts_at, ends_at) from here on; answers whether it was open until now. Waits for what is being taken in, so
-- that a sum read afterwards, in the same transaction or a later one, is final.
create or replace function tenantry.seal_usage(starts_at timestamptz, ends_at timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
begin
  perform pg_advisory_xact_lock(tenantry.usage_lock_key());
  if exists (select from tenantry.usage_seals z where z.tenant_id = _tenantry_tenant and z.starts_at = $1 and z.ends_at = $2) then
    return false;
  end if;
  if $2 > tenantry.clock() then
    raise exception 'the period is not over' using errcode = '22023';
  end if;
  if exists (select from tenantry.usage_seals z where z.tenant_id = _tenantry_tenant and z.starts_at < $2 and $1 < z.ends_at) then
    raise exception 'a part of the period is sealed' using errcode = '23P01';
  end if;
  insert into tenantry.usage_seals (tenant_id, starts_at, ends_at) values (_tenantry_tenant, $1, $2);
  return true;
end
$$;
comment on function tenantry.seal_usage(timestamptz, timestamptz) is 'Seals a period of the tenant in whose scope it is called';

revoke execute on function tenantry.usage_lock_key(), tenantry.platform_meters(),
  tenantry.record_usage(text[], text[], bigint[], timestamptz[], text[], text[], jsonb[]), tenantry.add_usage(text[], bigint[]),
  tenantry.seal_usage(timestamptz, timestamptz) from public;
grant execute on function tenantry.platform_meters(), tenantry.record_usage(text[], text[], bigint[], timestamptz[], text[], text[], jsonb[]),
  tenantry.add_usage(text[], bigint[]), tenantry.seal_usage(timestamptz, timestamptz) to :app_role;
