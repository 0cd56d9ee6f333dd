-- Foreign keys between enrolled tables carry the tenant on both sides. One that has to wait for its other end is set aside:
-- {name, from, to (oids), columns, references, on_delete, on_update, timing}.

create or replace function tenantry.enroll_describe_foreign_key(_tenantry_constraint oid) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'name', conname, 'from', conrelid::text, 'to', confrelid::text,
    'columns', tenantry.enroll_column_names(conrelid, conkey),
    'references', tenantry.enroll_column_names(confrelid, confkey),
    -- Named columns: a bare SET NULL would null the tenant.
    'on_delete', case confdeltype
      when 'c' then 'cascade' when 'r' then 'restrict' when 'a' then 'no action'
      else case confdeltype when 'n' then 'set null' else 'set default' end || format(' (%s)', (
        select string_agg(quote_ident(name), ', ')
        from unnest(tenantry.enroll_column_names(conrelid, coalesce(confdelsetcols, conkey))) names(name))) end,
    'on_update', case confupdtype when 'c' then 'cascade' when 'r' then 'restrict' else 'no action' end,
    'timing', case when condeferrable then 'deferrable' else 'not deferrable' end
      || case when condeferred then ' initially deferred' else '' end
      || case when convalidated then '' else ' not valid' end)
  from pg_constraint where oid = $1
$$;

create or replace function tenantry.enroll_drop_foreign_key(_tenantry_constraint oid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute (select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint where oid = _tenantry_constraint);
end
$$;

-- Those that refer to this table by a key that is about to change, its own references to itself included.
create or replace function tenantry.enroll_set_aside_incoming(_tenantry_table regclass) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_constraint oid;
  _tenantry_aside jsonb := '[]';
begin
  for _tenantry_constraint in
    select oid from pg_constraint
    where contype = 'f' and conparentid = 0 and confrelid = _tenantry_table
      and tenantry.enroll_column_number(_tenantry_table, 'tenant_id') <> all (confkey)
    order by oid
  loop
    _tenantry_aside := _tenantry_aside || tenantry.enroll_describe_foreign_key(_tenantry_constraint);
    perform tenantry.enroll_drop_foreign_key(_tenantry_constraint);
  end loop;
  return _tenantry_aside;
end
$$;

-- Those of this table that refer to an enrolled one. What refers to a table that belongs to no tenant stays.
-- Where `parents` names the same column and table, it decides and the old one only goes.
create or replace function tenantry.enroll_set_aside_outgoing(_tenantry_table regclass, _tenantry_parents jsonb) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_key record;
  _tenantry_aside jsonb := '[]';
begin
  for _tenantry_key in
    select oid, conkey, described.declared from pg_constraint
    cross join lateral (
      select cardinality(conkey) = 1 and (
        (_tenantry_parents -> (tenantry.enroll_column_names(conrelid, conkey))[1]) ->> 'table')::regclass = confrelid as declared
    ) described
    where contype = 'f' and conparentid = 0 and conrelid = _tenantry_table
      and tenantry.enroll_column_number(_tenantry_table, 'tenant_id') <> all (conkey)
      and (tenantry.enroll_is_recorded(confrelid) or described.declared)
    order by oid
  loop
    if not coalesce(_tenantry_key.declared, false) then
      _tenantry_aside := _tenantry_aside || tenantry.enroll_describe_foreign_key(_tenantry_key.oid);
    end if;
    perform tenantry.enroll_drop_foreign_key(_tenantry_key.oid);
  end loop;
  return _tenantry_aside;
end
$$;

-- The foreign keys that `parents` asks for and that are not there yet, as if they had been set aside.
create or replace function tenantry.enroll_parents(_tenantry_table regclass, _tenantry_parents jsonb) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_wanted jsonb;
  _tenantry_present record;
  _tenantry_aside jsonb := '[]';
begin
  for _tenantry_wanted in
    select jsonb_build_object(
      'name', left((select relname from pg_class where oid = _tenantry_table) || '_' || p.key, 58) || '_fkey',
      'from', _tenantry_table::oid::text, 'to', (p.value ->> 'table')::regclass::oid::text,
      'columns', jsonb_build_array(p.key), 'references', jsonb_build_array('id'),
      'on_delete', case p.value ->> 'on_delete' when 'set null' then format('set null (%I)', p.key) else p.value ->> 'on_delete' end,
      'on_update', 'no action', 'timing', 'not deferrable')
    from jsonb_each(_tenantry_parents) p order by p.key
  loop
    select c.oid, d.described ->> 'on_delete' as on_delete into _tenantry_present
      from pg_constraint c cross join lateral tenantry.enroll_describe_foreign_key(c.oid) d(described)
      where c.contype = 'f' and c.conrelid = _tenantry_table and c.conparentid = 0 and d.described ->> 'to' = _tenantry_wanted ->> 'to'
        and d.described -> 'columns' = '["tenant_id"]' || (_tenantry_wanted -> 'columns');
    if found and _tenantry_present.on_delete = _tenantry_wanted ->> 'on_delete' then
      continue;
    elsif found then
      perform tenantry.enroll_drop_foreign_key(_tenantry_present.oid);
    end if;
    -- Already waiting for its other end, since an earlier call in this transaction.
    if not exists (select from tenantry.enrolment where relation = _tenantry_table and options -> 'set_aside' @> jsonb_build_array(_tenantry_wanted)) then
      _tenantry_aside := _tenantry_aside || _tenantry_wanted;
    end if;
  end loop;
  return _tenantry_aside;
end
$$;

-- Puts back, with the tenant, whatever has both ends enrolled by now.
create or replace function tenantry.enroll_foreign_keys() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_waiting record;
begin
  for _tenantry_waiting in
    select e.relation, k.value as definition
    from tenantry.enrolment e cross join jsonb_array_elements(e.options -> 'set_aside') with ordinality k(value, position)
    where tenantry.enroll_is_recorded((k.value ->> 'from')::oid) and tenantry.enroll_is_recorded((k.value ->> 'to')::oid)
    order by e.relation, k.position
  loop
    perform tenantry.enroll_add_foreign_key(_tenantry_waiting.definition);
    update tenantry.enrolment set options = case
        when jsonb_array_length(options -> 'set_aside') = 1 then options - 'set_aside'
        else jsonb_set(options, '{set_aside}', (
          select jsonb_agg(k) from jsonb_array_elements(options -> 'set_aside') k where k <> _tenantry_waiting.definition)) end
      where relation = _tenantry_waiting.relation;
  end loop;
end
$$;

create or replace function tenantry.enroll_add_foreign_key(_tenantry_key jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_from regclass := (_tenantry_key ->> 'from')::oid::regclass;
  _tenantry_to regclass := (_tenantry_key ->> 'to')::oid::regclass;
  _tenantry_forced regclass[] := tenantry.enroll_unforce(array[_tenantry_from, _tenantry_to]);
begin
  execute format('alter table %s add constraint %I foreign key (tenant_id, %s) references %s (tenant_id, %s) on update %s on delete %s %s',
    _tenantry_from, _tenantry_key ->> 'name', tenantry.enroll_quote_columns(_tenantry_key -> 'columns'),
    _tenantry_to, tenantry.enroll_quote_columns(_tenantry_key -> 'references'),
    _tenantry_key ->> 'on_update', _tenantry_key ->> 'on_delete', _tenantry_key ->> 'timing');
  perform tenantry.enroll_force(_tenantry_forced);
end
$$;

create or replace function tenantry.enroll_quote_columns(_tenantry_columns jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(quote_ident(name), ', ' order by position) from jsonb_array_elements_text($1) with ordinality c(name, position)
$$;
