-- The options of a call in their one normal form, which is also what tenantry.enrolment records.
create or replace function tenantry.enroll_options(_tenantry_table regclass, _tenantry_options jsonb) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_column text;
begin
  -- Null means the same as leaving the option out.
  _tenantry_options := jsonb_build_object('counts', null, 'audit', false, 'redact', '[]', 'parents', '{}', 'granted_by', null,
    'search', '[]', 'directory', '[]', 'access', 'full', 'granted_null_open', false) || jsonb_strip_nulls(_tenantry_options);
  _tenantry_options := jsonb_set(_tenantry_options, '{parents}', tenantry.enroll_normal_parents(_tenantry_table, _tenantry_options -> 'parents'));

  if _tenantry_options ->> 'access' not in ('full', 'append', 'read') then
    perform tenantry.enroll_refusal(_tenantry_table, format('access cannot be %L', _tenantry_options ->> 'access'), 'Use full, append or read.');
  end if;
  if _tenantry_options ->> 'counts' !~ '^[a-z][a-z0-9_.]*$' then
    perform tenantry.enroll_refusal(_tenantry_table, format('counts cannot be %L', _tenantry_options ->> 'counts'),
      'Name the counted quota in lower case.');
  end if;
  for _tenantry_column in
    select jsonb_array_elements_text((_tenantry_options -> 'redact') || (_tenantry_options -> 'search') || (_tenantry_options -> 'directory'))
    union select jsonb_object_keys(_tenantry_options -> 'parents') union select _tenantry_options ->> 'granted_by'
  loop
    if _tenantry_column is not null and tenantry.enroll_column_number(_tenantry_table, _tenantry_column) is null then
      perform tenantry.enroll_refusal(_tenantry_table, format('it has no column %I', _tenantry_column), 'Correct the options.');
    end if;
  end loop;
  if _tenantry_options -> 'search' <> '[]' and not tenantry.enroll_has_uuid_id(_tenantry_table) then
    perform tenantry.enroll_refusal(_tenantry_table, 'search needs a column `id uuid`', 'Add it; words are kept by the id of their row.');
  end if;
  return _tenantry_options;
end
$$;

-- {"column": "schema.table"} and {"column": {"table": …, "on_delete": …}} alike.
create or replace function tenantry.enroll_normal_parents(_tenantry_table regclass, _tenantry_parents jsonb) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_parent record;
  _tenantry_normal jsonb := '{}';
begin
  for _tenantry_parent in
    select p.key, coalesce(p.value ->> 'table', p.value #>> '{}') as name, lower(coalesce(p.value ->> 'on_delete', 'cascade')) as on_delete
    from jsonb_each(_tenantry_parents) p
  loop
    if to_regclass(_tenantry_parent.name) is null then
      perform tenantry.enroll_refusal(_tenantry_table, format('its parent %s does not exist', _tenantry_parent.name), 'Name it with its schema.');
    elsif _tenantry_parent.on_delete not in ('cascade', 'restrict', 'no action', 'set null') then
      perform tenantry.enroll_refusal(_tenantry_table, format('on_delete cannot be %L', _tenantry_parent.on_delete),
        'Use cascade, restrict, no action or set null.');
    end if;
    _tenantry_normal := _tenantry_normal || jsonb_build_object(_tenantry_parent.key, jsonb_build_object(
      'table', tenantry.enroll_name(_tenantry_parent.name::regclass), 'on_delete', _tenantry_parent.on_delete));
  end loop;
  return _tenantry_normal;
end
$$;
