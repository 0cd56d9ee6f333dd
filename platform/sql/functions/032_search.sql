-- Words of rows, for prefix search by `^@`: LIKE cannot use an index under row-level security.

-- Words as they are kept and as a typed text has to be split: lower case, NFKC, letters and digits only, 100 characters each.
create or replace function tenantry.words(_tenantry_text text) returns setof text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select left(word, 100) from regexp_split_to_table(lower(normalize($1, NFKC)), '[^[:alnum:]]+') word where word <> ''
$$;

-- Arguments: columns whose words count, column that names the granted object or ''.
create or replace function tenantry.index_words() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_target text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  _tenantry_columns text[] := TG_ARGV[0];
  _tenantry_watched text[] := TG_ARGV[0]::text[] || array['id', TG_ARGV[1]];
begin
  if TG_OP = 'DELETE' then
    delete from tenantry.search_tokens s using _tenantry_before _tenantry_row
      where s.tenant_id = _tenantry_row.tenant_id and s.target = _tenantry_target and s.object_id = _tenantry_row.id;
  elsif TG_OP = 'INSERT' then
    insert into tenantry.search_tokens (tenant_id, target, token, object_id, parent_id)
      select r.tenant_id, _tenantry_target, w.word, r.id, (r.image ->> TG_ARGV[1])::uuid
      from (select _tenantry_row.tenant_id, _tenantry_row.id, to_jsonb(_tenantry_row) as image from _tenantry_after _tenantry_row) r
      cross join lateral (
        select distinct word from unnest(_tenantry_columns) c cross join lateral tenantry.words(r.image ->> c) word) w;
  else
    -- Rows in which nothing that counts has changed stay as they are.
    delete from tenantry.search_tokens s using (
        select _tenantry_row.tenant_id, _tenantry_row.id, tenantry.pick(to_jsonb(_tenantry_row), _tenantry_watched) from _tenantry_before _tenantry_row
        except all
        select _tenantry_row.tenant_id, _tenantry_row.id, tenantry.pick(to_jsonb(_tenantry_row), _tenantry_watched) from _tenantry_after _tenantry_row
      ) gone
      where s.tenant_id = gone.tenant_id and s.target = _tenantry_target and s.object_id = gone.id;
    insert into tenantry.search_tokens (tenant_id, target, token, object_id, parent_id)
      select r.tenant_id, _tenantry_target, w.word, r.id, (r.image ->> TG_ARGV[1])::uuid
      from (
        select _tenantry_row.tenant_id, _tenantry_row.id, tenantry.pick(to_jsonb(_tenantry_row), _tenantry_watched) from _tenantry_after _tenantry_row
        except all
        select _tenantry_row.tenant_id, _tenantry_row.id, tenantry.pick(to_jsonb(_tenantry_row), _tenantry_watched) from _tenantry_before _tenantry_row
      ) r(tenant_id, id, image)
      cross join lateral (
        select distinct word from unnest(_tenantry_columns) c cross join lateral tenantry.words(r.image ->> c) word) w;
  end if;
  return null;
end
$$;

-- The named members of an object.
create or replace function tenantry.pick(_tenantry_object jsonb, _tenantry_names text[]) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_object_agg(name, $1 -> name), '{}') from unnest($2) name where $1 ? name
$$;
