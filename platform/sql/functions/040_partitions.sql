-- Partitions of enrolled tables. One made by hand has row-level security off; these have everything their parent has.

-- One partition, [from, to). Answers its name; one that is there already is left alone. Built beside the parent and attached,
-- which does not stop the parent's readers and writers as `partition of` would.
create or replace function tenantry.add_partition(parent regclass, "from" timestamptz, "to" timestamptz) returns regclass
language plpgsql set search_path = pg_catalog, pg_temp set datestyle = 'ISO' set timezone = 'UTC' as $$
declare
  _tenantry_parent regclass := $1;
  _tenantry_name text := tenantry.partition_name($1, $2, $3);
  _tenantry_child regclass;
begin
  if not tenantry.enroll_is_recorded(_tenantry_parent) then
    perform tenantry.enroll_refusal(_tenantry_parent, 'a partition needs an enrolled parent', 'Enrol the parent first.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tenantry.add_partition', 0));
  _tenantry_child := to_regclass(_tenantry_name);
  if exists (select from pg_inherits where inhparent = _tenantry_parent and inhrelid = _tenantry_child) then
    return _tenantry_child;
  end if;
  execute format('create table %s (like %s including defaults including generated including constraints including storage)',
    _tenantry_name, _tenantry_parent);
  _tenantry_child := _tenantry_name::regclass;
  execute format('alter table %s attach partition %s for values from (%L) to (%L)', _tenantry_parent, _tenantry_child, $2, $3);
  perform tenantry.enroll_member(_tenantry_parent);
  return _tenantry_child;
end
$$;

-- Gives all partitions what they lack. Nothing is granted on them, so nobody reads one before this is through.
create or replace function tenantry.enroll_member(_tenantry_parent regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_options jsonb := (select options from tenantry.enrolment where relation = _tenantry_parent);
begin
  perform tenantry.enroll_policies(_tenantry_parent, _tenantry_options);
  perform tenantry.enroll_row_security(_tenantry_parent);
  perform tenantry.enroll_grants(_tenantry_parent, _tenantry_options);
  perform tenantry.install_switches(_tenantry_parent);
end
$$;

-- parent_202611 for a month of UTC, parent_20261121 for what begins on a day, with the hour where it begins within one.
create or replace function tenantry.partition_name(_tenantry_parent regclass, _tenantry_from timestamptz, _tenantry_to timestamptz) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%I.%I', n.nspname, left(c.relname, 48) || '_' || to_char($2 at time zone 'UTC', case
      when date_trunc('month', $2, 'UTC') = $2 and ($2 at time zone 'UTC' + interval '1 month') at time zone 'UTC' = $3 then 'YYYYMM'
      when date_trunc('day', $2, 'UTC') = $2 then 'YYYYMMDD'
      else 'YYYYMMDD"t"HH24MISS' end))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1
$$;

-- Months of UTC from now to `ahead`, for every enrolled table that is partitioned by a time. Answers what was made.
-- The maintenance worker calls it as the owner.
create or replace function tenantry.make_partitions(ahead interval default '3 months') returns setof regclass
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_wanted record;
  _tenantry_now timestamp := date_trunc('month', tenantry.clock() at time zone 'UTC');
begin
  for _tenantry_wanted in
    select t.relation, month at time zone 'UTC' as starts, (month + interval '1 month') at time zone 'UTC' as ends
    from tenantry.timed_tables() t(relation) cross join generate_series(_tenantry_now, _tenantry_now + ahead, interval '1 month') month
    order by 1, 2
  loop
    if to_regclass(tenantry.partition_name(_tenantry_wanted.relation, _tenantry_wanted.starts, _tenantry_wanted.ends)) is null then
      return next tenantry.add_partition(_tenantry_wanted.relation, _tenantry_wanted.starts, _tenantry_wanted.ends);
    end if;
  end loop;
end
$$;

-- Enrolled tables with range partitions over one column of type timestamptz.
create or replace function tenantry.timed_tables() returns setof regclass
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select e.relation from tenantry.enrolment e
    join pg_partitioned_table p on p.partrelid = e.relation and p.partstrat = 'r' and p.partnatts = 1
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0] and a.atttypid = 'timestamptz'::regtype;
end
$$;

-- Drops partitions whose every row is older. Answers their names. Bounds are read as they are printed: in ISO, in UTC.
create or replace function tenantry.drop_partitions(parent regclass, older_than timestamptz) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp set datestyle = 'ISO' set timezone = 'UTC' as $$
declare
  _tenantry_child regclass;
begin
  for _tenantry_child in
    select c.oid from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent and parent in (select tenantry.timed_tables())
      and (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(.*)''\)$'))[1]::timestamptz <= older_than
    order by c.relname
  loop
    return next _tenantry_child::text;
    execute format('drop table %s', _tenantry_child);
  end loop;
end
$$;
