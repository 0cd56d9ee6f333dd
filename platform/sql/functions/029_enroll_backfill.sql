-- Counters and words of rows that were there before their switch was.
create or replace function tenantry.enroll_backfill(_tenantry_table regclass, _tenantry_before jsonb, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if _tenantry_before ->> 'counts' is distinct from _tenantry_options ->> 'counts' then
    perform tenantry.enroll_count(_tenantry_table, _tenantry_before ->> 'counts', -1);
    perform tenantry.enroll_count(_tenantry_table, _tenantry_options ->> 'counts', 1);
  end if;
  -- A new table without rows leaves the words of all others alone.
  if _tenantry_before is null and not tenantry.enroll_has_rows(_tenantry_table) then
    return;
  end if;
  if coalesce(_tenantry_before -> 'search', '[]') is distinct from _tenantry_options -> 'search'
    or (_tenantry_options -> 'search' <> '[]' and _tenantry_before -> 'granted_by' is distinct from _tenantry_options -> 'granted_by') then
    perform tenantry.enroll_reindex_words(_tenantry_table, _tenantry_options);
  end if;
end
$$;

-- Adds the table's rows to their tenants' counters, or takes them off. Several tables may share a counter.
create or replace function tenantry.enroll_count(_tenantry_table regclass, _tenantry_name text, _tenantry_sign integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_forced regclass[];
begin
  if _tenantry_name is null then
    return;
  end if;
  _tenantry_forced := tenantry.enroll_unforce(array_remove(
    array[_tenantry_table, 'tenantry.counters'::regclass, to_regclass('tenantry.tenants')], null));
  -- Every tenant gets its row: a missing one refuses.
  if to_regclass('tenantry.tenants') is not null then
    insert into tenantry.counters (tenant_id, name, used)
      select t.tenant_id, _tenantry_name, 0 from tenantry.tenants t on conflict (tenant_id, name) do nothing;
  end if;
  execute format('insert into tenantry.counters (tenant_id, name, used)
    select distinct tenant_id, $1, 0 from %s on conflict (tenant_id, name) do nothing', _tenantry_table) using _tenantry_name;
  execute format('update tenantry.counters c set used = c.used + $2 * r.rows
    from (select tenant_id, count(*) as rows from %s group by tenant_id) r
    where c.tenant_id = r.tenant_id and c.name = $1', _tenantry_table) using _tenantry_name, _tenantry_sign;
  perform tenantry.enroll_force(_tenantry_forced);
end
$$;

create or replace function tenantry.enroll_reindex_words(_tenantry_table regclass, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_forced regclass[] := tenantry.enroll_unforce(array[_tenantry_table, 'tenantry.search_tokens'::regclass]);
  _tenantry_columns text[] := array(select jsonb_array_elements_text(_tenantry_options -> 'search'));
begin
  delete from tenantry.search_tokens s where s.target = tenantry.enroll_target(_tenantry_table);
  if _tenantry_columns <> '{}' then
    execute format('insert into tenantry.search_tokens (tenant_id, target, token, object_id, parent_id)
      select r.tenant_id, $1, w.word, r.id, %s from %s r
      cross join lateral (select distinct word from unnest(array[%s]) text cross join tenantry.words(text) word) w',
      coalesce('r.' || quote_ident(_tenantry_options ->> 'granted_by'), 'null'), _tenantry_table,
      (select string_agg(format('r.%I::text', c), ', ') from unnest(_tenantry_columns) c))
      using tenantry.enroll_target(_tenantry_table);
  end if;
  perform tenantry.enroll_force(_tenantry_forced);
end
$$;

-- schema.table as audit entries, search and changes name it: unquoted, as a trigger sees it.
create or replace function tenantry.enroll_target(_tenantry_table regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1
$$;
