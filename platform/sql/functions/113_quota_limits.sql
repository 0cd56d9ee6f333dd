-- What quotas of every kind have in common: notices at 80, 95 and 100 percent, growth by rule, periods, and counters that are checked.

-- Written by the statement that reaches a threshold, told by an event a moment later: emitting here would take the lock of the
-- tenant's outbox behind that of a counter, and whoever emits before he counts takes them the other way round.
create or replace function tenantry.note_quota_use(_tenantry_meter text, _tenantry_period timestamptz, _tenantry_version bigint,
  _tenantry_max bigint, _tenantry_used bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_highest integer := case when _tenantry_used > _tenantry_max then 101 when _tenantry_used = _tenantry_max then 100
    when _tenantry_used >= _tenantry_max - _tenantry_max / 20 then 95 when _tenantry_used >= _tenantry_max - _tenantry_max / 5 then 80 end;
begin
  if _tenantry_used = 0 or _tenantry_highest is null or exists (
    select from tenantry.quota_thresholds t where t.tenant_id = _tenantry_tenant and t.meter = _tenantry_meter
      and t.period_start = _tenantry_period and t.limit_version = _tenantry_version and t.threshold = _tenantry_highest) then
    return;
  end if;
  insert into tenantry.quota_thresholds (tenant_id, meter, period_start, limit_version, threshold, used, max)
    select _tenantry_tenant, _tenantry_meter, _tenantry_period, _tenantry_version, t, _tenantry_used, _tenantry_max
    from unnest(array[80, 95, 100, 101]) t where t <= _tenantry_highest
    on conflict do nothing;
  if found then
    perform tenantry.schedule('quotas.tell', _tenantry_tenant, tenantry.clock());
  end if;
end
$$;
revoke execute on function tenantry.note_quota_use(text, timestamptz, bigint, bigint, bigint) from public;

-- One notice for a jump, naming the highest; that more than the limit was used is a matter of its own. Answers how many were told.
create or replace function tenantry.tell_quota_thresholds() returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_told integer := 0;
  _tenantry_reached record;
begin
  for _tenantry_reached in
    with told as (
      update tenantry.quota_thresholds set told_at = tenantry.clock() where tenant_id = _tenantry_tenant and told_at is null returning *
    )
    select distinct on (meter, period_start, limit_version, threshold = 101)
        meter, period_start, threshold, max, max(used) over (partition by meter, period_start, limit_version) as used
      from told order by meter, period_start, limit_version, threshold = 101, threshold desc
  loop
    perform tenantry.emit(case _tenantry_reached.threshold when 101 then 'quota.exceeded' else 'quota.threshold_reached' end,
      _tenantry_tenant, jsonb_build_object('meter', _tenantry_reached.meter, 'max', _tenantry_reached.max, 'used', _tenantry_reached.used)
        || case _tenantry_reached.threshold when 101 then '{}' else jsonb_build_object('threshold', _tenantry_reached.threshold) end
        || case when isfinite(_tenantry_reached.period_start) then jsonb_build_object('periodStart', _tenantry_reached.period_start) else '{}' end);
    _tenantry_told := _tenantry_told + 1;
  end loop;
  return _tenantry_told;
end
$$;
comment on function tenantry.tell_quota_thresholds() is 'Emits the events of thresholds that were reached in the tenant in whose scope it is called';
revoke execute on function tenantry.tell_quota_thresholds() from public;
grant execute on function tenantry.tell_quota_thresholds() to :app_role;

-- By as few steps as suffice, or not at all: null where no rule leads there. The limit's row is locked, so two who need more grow it once.
-- What was agreed until some day does not grow.
create or replace function tenantry.grow_limit(_tenantry_name text, _tenantry_needed bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_max bigint;
begin
  if not exists (select from tenantry.quota_growth g where g.tenant_id = tenantry.tenant_id() and g.name = _tenantry_name
    and g.ceiling >= _tenantry_needed) then
    return null;
  end if;
  update tenantry.limits l
    set max = least(g.ceiling, l.max + g.step * greatest(0, ceil((_tenantry_needed - l.max)::numeric / g.step))::bigint)
    from tenantry.quota_growth g
    where l.tenant_id = tenantry.tenant_id() and l.name = _tenantry_name and g.tenant_id = l.tenant_id and g.name = l.name
      and g.ceiling >= _tenantry_needed and l.max < _tenantry_needed and l.until is null
    returning l.max into _tenantry_max;
  -- Not found: somebody else grew it while we waited for the row.
  return coalesce(_tenantry_max, (select max from tenantry.limits
    where tenant_id = tenantry.tenant_id() and name = _tenantry_name and until is null));
end
$$;
revoke execute on function tenantry.grow_limit(text, bigint) from public;

create or replace function tenantry.change_period_zone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_anchor timestamp := (select anchor from tenantry.period_rules where tenant_id = new.tenant_id order by since desc limit 1);
begin
  perform tenantry.first_period_rule(old.time_zone);
  perform tenantry.add_period_rule(coalesce(_tenantry_anchor, '2000-01-01'), new.time_zone);
  return null;
end
$$;
revoke execute on function tenantry.change_period_zone() from public;

-- What held until somebody changes it.
create or replace function tenantry.first_period_rule(_tenantry_zone text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into tenantry.period_rules (tenant_id, since, anchor, time_zone)
    select tenantry.tenant_id(), '-infinity', '2000-01-01', $1
    where not exists (select from tenantry.period_rules where tenant_id = tenantry.tenant_id())
$$;
revoke execute on function tenantry.first_period_rule(text) from public;

create or replace function tenantry.add_period_rule(_tenantry_anchor timestamp, _tenantry_zone text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into tenantry.period_rules (tenant_id, since, anchor, time_zone) values (tenantry.tenant_id(), tenantry.clock(), $1, $2)
$$;
revoke execute on function tenantry.add_period_rule(timestamp, text) from public;

create or replace function tenantry.anchor_periods(anchor timestamp) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_zone text := (select time_zone from tenantry.tenants where tenant_id = tenantry.tenant_id());
begin
  perform tenantry.first_period_rule(_tenantry_zone);
  perform tenantry.add_period_rule($1, _tenantry_zone);
end
$$;
comment on function tenantry.anchor_periods(timestamp) is
  'From the next boundary on, periods of the tenant in whose scope it is called begin at this local time';
revoke execute on function tenantry.anchor_periods(timestamp) from public;
grant execute on function tenantry.anchor_periods(timestamp) to :app_role;

-- Counter and rows of one snapshot, so nothing has to be locked: they change in one commit. A difference is mended by what it is,
-- and not by what was counted. At most once a day each. Answers the counters that were wrong.
create or replace function tenantry.check_counters() returns setof text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_counter record;
  _tenantry_found bigint;
  _tenantry_expected bigint;
begin
  for _tenantry_counter in
    select e.options ->> 'counts' as name,
        string_agg(format('(select count(*) from %s where tenant_id = $1)', e.relation), ' + ' order by e.relation) as rows
      from tenantry.enrolment e where e.options ->> 'counts' is not null group by 1
  loop
    continue when exists (select from tenantry.counter_checks where tenant_id = tenantry.tenant_id() and name = _tenantry_counter.name
      and checked_at > tenantry.clock() - interval '1 day');
    execute format('select used, %s from tenantry.counters where tenant_id = $1 and name = $2', _tenantry_counter.rows)
      into _tenantry_found, _tenantry_expected using tenantry.tenant_id(), _tenantry_counter.name;
    continue when _tenantry_found is null;
    insert into tenantry.counter_checks (tenant_id, name, expected, found)
      values (tenantry.tenant_id(), _tenantry_counter.name, _tenantry_expected, _tenantry_found)
      on conflict on constraint counter_checks_pkey do update
        set expected = excluded.expected, found = excluded.found, checked_at = excluded.checked_at;
    if _tenantry_found <> _tenantry_expected then
      update tenantry.counters set used = used + _tenantry_expected - _tenantry_found
        where tenant_id = tenantry.tenant_id() and name = _tenantry_counter.name;
      return next _tenantry_counter.name;
    end if;
  end loop;
end
$$;
comment on function tenantry.check_counters() is 'Compares each counter of the context''s tenant with the rows it counts, and mends it; maintenance calls it';

-- Verdicts of more than 72 hours, leases that are over, and rows of thresholds whose period ended long ago. Answers how many went.
create or replace function tenantry.prune_quotas() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_gone bigint;
  _tenantry_all bigint := 0;
begin
  -- Like whoever admits: first the counters, then what they hold.
  perform from tenantry.quota_counters where tenant_id = _tenantry_tenant and reserved > 0 order by meter, period_start for no key update;
  with gone as (
    delete from tenantry.quota_reservations where tenant_id = _tenantry_tenant and at < tenantry.clock() - interval '72 hours'
      and (state <> 'held' or expires_at < tenantry.clock() - interval '72 hours')
      returning meter, period_start, quantity, state
  ), lapsed as (
    update tenantry.quota_counters c set reserved = c.reserved - g.quantity
      from (select meter, period_start, sum(quantity)::bigint as quantity from gone where state = 'held' group by 1, 2) g
      where c.tenant_id = _tenantry_tenant and c.meter = g.meter and c.period_start = g.period_start
  )
  select count(*) into _tenantry_all from gone;
  delete from tenantry.quota_leases where tenant_id = _tenantry_tenant and expires_at < tenantry.clock();
  get diagnostics _tenantry_gone = row_count;
  _tenantry_all := _tenantry_all + _tenantry_gone;
  delete from tenantry.quota_thresholds t where t.tenant_id = _tenantry_tenant and t.told_at is not null
    and isfinite(t.period_start) and t.reached_at < tenantry.clock() - interval '400 days';
  get diagnostics _tenantry_gone = row_count;
  return _tenantry_all + _tenantry_gone;
end
$$;
comment on function tenantry.prune_quotas() is 'Removes what quotas of the context''s tenant no longer need; maintenance calls it';
