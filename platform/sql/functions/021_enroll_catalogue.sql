-- What the steps of enrolment ask the catalogue, and how they refuse.

create or replace function tenantry.enroll_refusal(_tenantry_table regclass, _tenantry_reason text, _tenantry_advice text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'cannot enrol %: %', _tenantry_table, _tenantry_reason using errcode = 'TN006', hint = _tenantry_advice;
end
$$;

-- schema.table, each quoted where it has to be: the form in which PostgreSQL prints it under a pinned search_path.
create or replace function tenantry.enroll_name(_tenantry_table regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1
$$;

-- Number of a column, or null.
create or replace function tenantry.enroll_column_number(_tenantry_table regclass, _tenantry_column text) returns smallint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select attnum from pg_attribute where attrelid = $1 and attname = $2 and attnum > 0 and not attisdropped
$$;

-- Names of columns by number, in the order of the numbers given.
create or replace function tenantry.enroll_column_names(_tenantry_table regclass, _tenantry_numbers smallint[]) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_agg(a.attname::text order by n.position), '{}')
  from unnest($2) with ordinality as n(number, position)
  join pg_attribute a on a.attrelid = $1 and a.attnum = n.number
$$;

-- Columns of the primary key without tenant_id.
create or replace function tenantry.enroll_key_columns(_tenantry_table regclass) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_remove(coalesce(
    (select tenantry.enroll_column_names($1, c.conkey) from pg_constraint c where c.conrelid = $1 and c.contype = 'p'), '{}'), 'tenant_id')
$$;

create or replace function tenantry.enroll_has_uuid_id(_tenantry_table regclass) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from pg_attribute where attrelid = $1 and attname = 'id' and atttypid = 'uuid'::regtype and not attisdropped)
$$;

create or replace function tenantry.enroll_has_rows(_tenantry_table regclass) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_found boolean;
begin
  execute format('select exists (select from %s)', _tenantry_table) into _tenantry_found;
  return _tenantry_found;
end
$$;

-- The table and all its partitions.
create or replace function tenantry.enroll_family(_tenantry_table regclass) returns setof regclass
language sql stable set search_path = pg_catalog, pg_temp as $$
  select $1 union select relid from pg_partition_tree($1)
$$;

create or replace function tenantry.enroll_is_recorded(_tenantry_table oid) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from tenantry.enrolment where relation = _tenantry_table);
end
$$;

-- Under FORCE an owner without context sees no row: a foreign key would be marked valid over violations, a count would be 0.
-- Answers what it changed, for enroll_force afterwards, in the same transaction.
create or replace function tenantry.enroll_unforce(_tenantry_tables regclass[]) returns regclass[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_forced regclass[];
  _tenantry_member regclass;
begin
  select coalesce(array_agg(distinct f.member), '{}') into _tenantry_forced
    from unnest(_tenantry_tables) t(root) cross join tenantry.enroll_family(t.root) f(member)
    join pg_class c on c.oid = f.member where c.relforcerowsecurity;
  foreach _tenantry_member in array _tenantry_forced loop
    execute format('alter table %s no force row level security', _tenantry_member);
  end loop;
  return _tenantry_forced;
end
$$;

create or replace function tenantry.enroll_force(_tenantry_tables regclass[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_member regclass;
begin
  foreach _tenantry_member in array _tenantry_tables loop
    execute format('alter table %s force row level security', _tenantry_member);
  end loop;
end
$$;
