-- How much a tenant has, noted day by day: what is counted, and what its rows take.

-- What was seen just now belongs to this day of the tenant's calendar; the last look of a day stays. Of a limit that is a gauge it is
-- also how far the limit is used, and what reaches a threshold is told like use of any other limit.
create or replace function tenantry.note_levels(names text[], levels bigint[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
begin
  insert into tenantry.usage_levels as u (tenant_id, name, day, level, highest)
    select _tenantry_tenant, s.name, tenantry.today(), s.level, s.level from unnest($1, $2) s(name, level) order by s.name
    on conflict (tenant_id, name, day) do update set level = excluded.level, highest = greatest(u.highest, excluded.level);
  insert into tenantry.counters as c (tenant_id, name, used)
    select l.tenant_id, l.name, s.level from unnest($1, $2) s(name, level)
      join tenantry.limits l on l.tenant_id = _tenantry_tenant and l.name = s.name and l.kind = 'gauge'
    order by l.name
    on conflict (tenant_id, name) do update set used = excluded.used where c.used <> excluded.used;
  perform tenantry.note_quota_use(g.name, '-infinity', g.version, g.max, g.level)
    from (select l.name, l.version, tenantry.max_now(l.tenant_id, l.name, l.max, l.until) as max, s.level from unnest($1, $2) s(name, level)
      join tenantry.limits l on l.tenant_id = _tenantry_tenant and l.name = s.name and l.kind = 'gauge') g
    where g.max is not null and g.level >= g.max - g.max / 5;
end
$$;
comment on function tenantry.note_levels(text[], bigint[]) is 'Notes how much there is, of the tenant in whose scope it is called';

-- Bytes of the tenant's rows in the tables of its system: their number, times the mean size of a thousand of them, compressed as they
-- lie. Of its own rows alone: the catalogue's averages are of all tenants, and would tell each of the others. Without indexes.
-- Runs with the rights of who calls, so that the policies hold.
create or replace function tenantry.estimate_storage() returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_table record;
  _tenantry_bytes numeric;
  _tenantry_sum numeric := 0;
begin
  for _tenantry_table in
    select format('%I.%I', n.nspname, c.relname) as name,
      string_agg(format('coalesce(pg_column_size(s.%I), 0)', a.attname), ' + ' order by a.attnum) as columns
    from tenantry.enrolment e
    join pg_class c on c.oid = e.relation
    join pg_namespace n on n.oid = c.relnamespace and n.nspname <> 'tenantry'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where has_table_privilege(c.oid, 'select')
    group by 1
  loop
    execute format(
      'select (select count(*) from %1$s where tenant_id = $1)
        * coalesce((select avg(28 + %2$s) from (select * from %1$s where tenant_id = $1 limit 1000) s), 0)',
      _tenantry_table.name, _tenantry_table.columns) into _tenantry_bytes using tenantry.tenant_id();
    _tenantry_sum := _tenantry_sum + _tenantry_bytes;
  end loop;
  return round(_tenantry_sum);
end
$$;
comment on function tenantry.estimate_storage() is 'About how many bytes the rows take that the tenant has in its system';

revoke execute on function tenantry.note_levels(text[], bigint[]), tenantry.estimate_storage() from public;
grant execute on function tenantry.note_levels(text[], bigint[]), tenantry.estimate_storage() to :app_role;
