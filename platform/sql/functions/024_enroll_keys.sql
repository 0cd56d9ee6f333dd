-- Primary key and uniques led by the tenant. A key without it blocks one tenant behind another and tells what others hold.
-- What is unique across tenants on purpose (a slug, a host) is created after enrolment, and is on the lint's allow-list.
create or replace function tenantry.enroll_keys(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_index oid;
begin
  for _tenantry_index in
    select i.indexrelid from pg_index i
    where i.indrelid = _tenantry_table and i.indisunique
      and tenantry.enroll_column_number(_tenantry_table, 'tenant_id') <> all ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
    order by i.indisprimary desc, i.indexrelid
  loop
    if exists (select from pg_constraint where conindid = _tenantry_index and conrelid = _tenantry_table and contype in ('p', 'u')) then
      perform tenantry.enroll_replace_constraint(_tenantry_table, _tenantry_index);
    else
      perform tenantry.enroll_replace_index(_tenantry_table, _tenantry_index);
    end if;
  end loop;
  perform tenantry.enroll_primary_key(_tenantry_table);
end
$$;

create or replace function tenantry.enroll_replace_constraint(_tenantry_table regclass, _tenantry_index oid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_name name;
  _tenantry_definition text;
begin
  -- The first parenthesis opens the list of columns, whatever follows: NULLS NOT DISTINCT, INCLUDE, DEFERRABLE.
  select conname, regexp_replace(pg_get_constraintdef(oid), '\(', '(tenant_id, ') into _tenantry_name, _tenantry_definition
    from pg_constraint where conindid = _tenantry_index and conrelid = _tenantry_table and contype in ('p', 'u');
  execute format('alter table %s drop constraint %I, add constraint %I %s',
    _tenantry_table, _tenantry_name, _tenantry_name, _tenantry_definition);
end
$$;

-- Partial and expression uniques are indexes without a constraint.
create or replace function tenantry.enroll_replace_index(_tenantry_table regclass, _tenantry_index oid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_name name;
  _tenantry_head text;
  _tenantry_definition text := pg_get_indexdef(_tenantry_index);
begin
  select c.relname, format('CREATE UNIQUE INDEX %I ON %s%s USING %I (',
      c.relname, case when c.relkind = 'I' then 'ONLY ' else '' end, tenantry.enroll_name(_tenantry_table), a.amname)
    into _tenantry_name, _tenantry_head
    from pg_class c join pg_am a on a.oid = c.relam where c.oid = _tenantry_index;
  if not starts_with(_tenantry_definition, _tenantry_head) then
    perform tenantry.enroll_refusal(_tenantry_table, format('unique index %I has an unknown form', _tenantry_name), 'Create it with tenant_id first.');
  end if;
  execute format('drop index %s', _tenantry_index::regclass);
  execute format('create unique index %I on %s (tenant_id, ', _tenantry_name, _tenantry_table)
    || substr(_tenantry_definition, length(_tenantry_head) + 1);
end
$$;

-- A table with an id and without a primary key gets one; partition columns have to be part of it.
create or replace function tenantry.enroll_primary_key(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_columns text;
begin
  if tenantry.enroll_column_number(_tenantry_table, 'id') is null
    or exists (select from pg_constraint where conrelid = _tenantry_table and contype = 'p') then
    return;
  end if;
  select string_agg(quote_ident(name), ', ' order by position) into _tenantry_columns from (
    select 'tenant_id' as name, -2 as position
    union all select 'id', -1
    union all
    select p.name, p.position from pg_partitioned_table t
      cross join unnest(tenantry.enroll_column_names(t.partrelid, t.partattrs::smallint[])) with ordinality p(name, position)
      where t.partrelid = _tenantry_table and p.name not in ('tenant_id', 'id')
  ) columns;
  execute format('alter table %s add primary key (%s)', _tenantry_table, _tenantry_columns);
end
$$;

-- Indexes that cascades, grants and lists by parent need, where no index begins so already.
create or replace function tenantry.enroll_indexes(_tenantry_table regclass, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_column text;
begin
  for _tenantry_column in
    select distinct name from (
      select jsonb_object_keys(_tenantry_options -> 'parents')
      union all select _tenantry_options ->> 'granted_by'
    ) wanted(name) where name is not null order by name
  loop
    perform tenantry.enroll_index(_tenantry_table, array['tenant_id', _tenantry_column]);
  end loop;
  perform tenantry.enroll_index(_tenantry_table, array['tenant_id']);
end
$$;

create or replace function tenantry.enroll_index(_tenantry_table regclass, _tenantry_columns text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from pg_index i where i.indrelid = _tenantry_table and i.indisvalid and i.indpred is null
      and tenantry.enroll_column_names(_tenantry_table, (i.indkey::smallint[])[0:cardinality(_tenantry_columns) - 1]) = _tenantry_columns
  ) then
    execute format('create index on %s (%s)', _tenantry_table,
      (select string_agg(quote_ident(name), ', ' order by position) from unnest(_tenantry_columns) with ordinality c(name, position)));
  end if;
end
$$;
