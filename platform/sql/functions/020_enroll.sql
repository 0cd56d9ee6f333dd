-- Enrolment: one call makes a table tenant-owned. Options and their meaning: ARCHITECTURE.md.
-- A second call with the same options compares with the catalogue and touches nothing.
create or replace function tenantry.enroll(
  target regclass,
  counts text default null,
  audit boolean default false,
  redact text[] default '{}',
  parents jsonb default '{}',
  granted_by text default null,
  search text[] default '{}',
  directory text[] default '{}',
  access text default 'full',
  -- Rows whose granted_by is null belong to the tenant as a whole: limited actors see them too.
  granted_null_open boolean default false
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_options jsonb;
  _tenantry_before jsonb;
  _tenantry_aside jsonb;
begin
  perform tenantry.enroll_refuse(target);
  _tenantry_before := tenantry.enroll_start(target);

  perform tenantry.enroll_column(target);
  _tenantry_options := tenantry.enroll_options(target, jsonb_build_object(
    'counts', counts, 'audit', audit, 'redact', to_jsonb(redact), 'parents', parents, 'granted_by', granted_by,
    'search', to_jsonb(search), 'directory', to_jsonb(directory), 'access', access, 'granted_null_open', granted_null_open));

  _tenantry_aside := tenantry.enroll_set_aside_incoming(target);
  if _tenantry_before is null then
    perform tenantry.enroll_keys(target);
  end if;
  _tenantry_aside := _tenantry_aside || tenantry.enroll_set_aside_outgoing(target, _tenantry_options -> 'parents')
    || tenantry.enroll_parents(target, _tenantry_options -> 'parents');
  perform tenantry.enroll_record(target, _tenantry_options, _tenantry_aside);
  perform tenantry.enroll_foreign_keys();
  perform tenantry.enroll_indexes(target, _tenantry_options);

  perform tenantry.enroll_backfill(target, _tenantry_before, _tenantry_options);
  perform tenantry.enroll_policies(target, _tenantry_options);
  perform tenantry.enroll_row_security(target);
  perform tenantry.enroll_grants(target, _tenantry_options);
  perform tenantry.install_switches(target);
end
$$;

-- Serialises enrolments, and locks a table that is enrolled for the first time. Answers the options recorded before, or null.
create or replace function tenantry.enroll_start(_tenantry_table regclass) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_before jsonb;
begin
  -- Everybody who comes after a waiting DDL statement waits behind it.
  if current_setting('lock_timeout') = '0' then
    perform set_config('lock_timeout', '5s', true);
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tenantry.enroll', 0));

  select options - 'set_aside' into _tenantry_before from tenantry.enrolment where relation = _tenantry_table;
  if _tenantry_before is null then
    execute format('lock table %s in access exclusive mode', _tenantry_table);
    -- Its owner has to see all rows while they are counted and checked.
    perform tenantry.enroll_unforce(array[_tenantry_table]);
  end if;
  return _tenantry_before;
end
$$;

-- Remembers what the table was enrolled with. `set_aside` holds foreign keys that wait for their other end.
create or replace function tenantry.enroll_record(_tenantry_table regclass, _tenantry_options jsonb, _tenantry_aside jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_recorded jsonb;
begin
  if not exists (select from pg_trigger where tgrelid = 'tenantry.enrolment'::regclass and tgname = 'nothing_left_aside') then
    create constraint trigger nothing_left_aside after insert or update on tenantry.enrolment
      deferrable initially deferred for each row execute function tenantry.refuse_left_aside();
  end if;
  select options into _tenantry_recorded from tenantry.enrolment where relation = _tenantry_table;
  _tenantry_aside := coalesce(_tenantry_recorded -> 'set_aside', '[]') || _tenantry_aside;
  if _tenantry_aside <> '[]' then
    _tenantry_options := _tenantry_options || jsonb_build_object('set_aside', _tenantry_aside);
  end if;
  if _tenantry_recorded is null then
    -- Tables that were dropped leave their row behind.
    delete from tenantry.enrolment e where not exists (select from pg_class c where c.oid = e.relation);
    insert into tenantry.enrolment (relation, options, enrolled_at)
      values (_tenantry_table, _tenantry_options, tenantry.clock());
  elsif _tenantry_recorded <> _tenantry_options then
    update tenantry.enrolment set options = _tenantry_options where relation = _tenantry_table;
  end if;
end
$$;

-- A foreign key that was taken off must be back when the transaction ends.
create or replace function tenantry.refuse_left_aside() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_key record;
begin
  select k.value ->> 'name' as name, (k.value ->> 'from')::oid::regclass as source, (k.value ->> 'to')::oid::regclass as target
    into _tenantry_key
    from tenantry.enrolment e cross join jsonb_array_elements(e.options -> 'set_aside') k
    where e.relation = new.relation limit 1;
  if found then
    perform tenantry.enroll_refusal(_tenantry_key.source, format('foreign key %I refers to %s and one of the two is not enrolled',
      _tenantry_key.name, _tenantry_key.target), 'Enrol both in the same migration, or drop the foreign key.');
  end if;
  return null;
end
$$;
