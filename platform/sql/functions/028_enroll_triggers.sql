-- What guards an enrolled table and what its switches mean. Wanted triggers are compared in the words in which PostgreSQL
-- prints them. A later migration that changes what a switch means replaces enroll_wanted_triggers, and then:
--   select tenantry.install_switches(relation) from tenantry.enrolment

create or replace function tenantry.install_switches(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_options jsonb := (select options from tenantry.enrolment where relation = _tenantry_table);
  _tenantry_member regclass;
begin
  perform tenantry.enroll_triggers(_tenantry_table, _tenantry_options);
  -- Partitions take the row trigger from their parent; statements do not name them, except to empty them.
  for _tenantry_member in select member from tenantry.enroll_family(_tenantry_table) member where member <> _tenantry_table loop
    perform tenantry.enroll_triggers(_tenantry_member, null);
  end loop;
end
$$;

create or replace function tenantry.enroll_triggers(_tenantry_table regclass, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_change record;
begin
  for _tenantry_change in
    select coalesce(present.name, wanted.name) as name, present.name is not null as present, wanted.definition
    from (
      select tgname::text as name, pg_get_triggerdef(oid) as definition, tgenabled as enabled from pg_trigger
      where tgrelid = _tenantry_table and not tgisinternal and tgparentid = 0 and starts_with(tgname, 'tenantry_')
    ) present
    full join (
      select w.name, format('CREATE TRIGGER %s %s', w.name, format(w.definition, tenantry.enroll_name(_tenantry_table))) as definition
      from tenantry.enroll_wanted_triggers(_tenantry_table, _tenantry_options) w
    ) wanted on wanted.name = present.name
    where present.definition is distinct from wanted.definition or present.enabled <> 'O'
    order by 1
  loop
    if _tenantry_change.present then
      execute format('drop trigger %I on %s', _tenantry_change.name, _tenantry_table);
    end if;
    if _tenantry_change.definition is not null then
      execute _tenantry_change.definition;
    end if;
  end loop;
end
$$;

-- %1$s stands for the table. Without options: what a partition needs.
create or replace function tenantry.enroll_wanted_triggers(_tenantry_table regclass, _tenantry_options jsonb)
returns table (name text, definition text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_keys text := tenantry.enroll_key_columns(_tenantry_table)::text;
  _tenantry_by_id boolean := tenantry.enroll_has_uuid_id(_tenantry_table);
begin
  return query values ('tenantry_no_truncate', 'BEFORE TRUNCATE ON %1$s FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_truncate()');
  if _tenantry_options is null then
    return;
  end if;
  return query values ('tenantry_tenant_fixed', 'BEFORE UPDATE OF tenant_id ON %1$s FOR EACH ROW '
    || 'WHEN ((old.tenant_id IS DISTINCT FROM new.tenant_id)) EXECUTE FUNCTION tenantry.refuse_tenant_change()');
  if (_tenantry_options -> 'audit')::boolean then
    return query select * from tenantry.enroll_statement_triggers('audit', '{insert,update,delete}', array[
      tenantry.enroll_list(_tenantry_options -> 'redact'), _tenantry_keys, case when _tenantry_by_id then 'id' else '' end]);
  end if;
  if _tenantry_options ->> 'counts' is not null then
    return query select * from tenantry.enroll_statement_triggers('counts', '{insert,delete}', array[_tenantry_options ->> 'counts']);
  end if;
  if _tenantry_options -> 'search' <> '[]' then
    return query select * from tenantry.enroll_statement_triggers('search', '{insert,update,delete}', array[
      tenantry.enroll_list(_tenantry_options -> 'search'), coalesce(_tenantry_options ->> 'granted_by', '')]);
  end if;
  if _tenantry_options -> 'directory' <> '[]' then
    return query select * from tenantry.enroll_statement_triggers('directory', '{insert,update,delete}', array[
      tenantry.enroll_list(_tenantry_options -> 'directory'), case when _tenantry_by_id then 'id' else '' end]);
  end if;
end
$$;

-- One trigger per command: PostgreSQL gives transition tables to a single event only.
create or replace function tenantry.enroll_statement_triggers(_tenantry_switch text, _tenantry_events text[], _tenantry_arguments text[])
returns table (name text, definition text)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select format('tenantry_%s_%s', $1, event), format('AFTER %s ON %%1$s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION tenantry.%s(%s)',
    upper(event),
    case event when 'insert' then 'NEW TABLE AS _tenantry_after' when 'delete' then 'OLD TABLE AS _tenantry_before'
      else 'OLD TABLE AS _tenantry_before NEW TABLE AS _tenantry_after' end,
    case $1 when 'directory' then 'stamp_change' when 'search' then 'index_words' when 'counts' then 'count_rows' else 'audit_rows' end,
    -- The definition passes through format() once more.
    (select string_agg(replace(quote_literal(a.value), '%', '%%'), ', ' order by a.position) from unnest($3) with ordinality a(value, position)))
  from unnest($2) event
$$;

create or replace function tenantry.enroll_list(_tenantry_names jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array(select jsonb_array_elements_text($1))::text
$$;

create or replace function tenantry.refuse_truncate() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'truncate of %.% would reach every tenant', TG_TABLE_SCHEMA, TG_TABLE_NAME using errcode = 'TN005',
    hint = 'Delete in each tenant''s context; drop partitions by tenantry.drop_partitions().';
end
$$;

create or replace function tenantry.refuse_tenant_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'tenant_id of %.% may not change', TG_TABLE_SCHEMA, TG_TABLE_NAME using errcode = 'TN004',
    hint = 'A row stays with its tenant. Create it anew in the other tenant''s context.';
end
$$;
