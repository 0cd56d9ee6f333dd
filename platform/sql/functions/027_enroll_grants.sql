-- Exactly what `access` and `directory` say to the app and directory roles, nothing to PUBLIC, nothing on partitions.
create or replace function tenantry.enroll_grants(_tenantry_table regclass, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_member regclass;
  _tenantry_columns text[] := array(select 'tenant_id' union select jsonb_array_elements_text(_tenantry_options -> 'directory') order by 1);
begin
  if _tenantry_options -> 'directory' = '[]' then
    _tenantry_columns := '{}';
  end if;
  for _tenantry_member in select member from tenantry.enroll_family(_tenantry_table) member where member <> _tenantry_table loop
    perform tenantry.enroll_grant(_tenantry_member, '{}', '{}');
  end loop;
  perform tenantry.enroll_grant(_tenantry_table, case _tenantry_options ->> 'access'
    when 'full' then array['DELETE', 'INSERT', 'SELECT', 'UPDATE'] when 'append' then array['INSERT', 'SELECT'] else array['SELECT'] end,
    _tenantry_columns);
  perform tenantry.enroll_grant_sequences(_tenantry_table);
  perform tenantry.enroll_grant_schema(_tenantry_table, _tenantry_columns <> '{}');
end
$$;

-- Privileges of the app on the table, columns that the directory may read. REVOKE ALL takes MAINTAIN with it where it exists (17).
create or replace function tenantry.enroll_grant(_tenantry_table regclass, _tenantry_privileges text[], _tenantry_columns text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tenantry.enroll_present_grants(_tenantry_table) = array(
    select format('%s %s', ':app_role'::regrole, p) from unnest(_tenantry_privileges) p
    union all select format('%s SELECT %s', ':directory_role'::regrole, c) from unnest(_tenantry_columns) c order by 1) then
    return;
  end if;
  execute format('revoke all on table %s from public, :app_role, :directory_role', _tenantry_table);
  if _tenantry_privileges <> '{}' then
    execute format('grant %s on table %s to :app_role', array_to_string(_tenantry_privileges, ', '), _tenantry_table);
  end if;
  if _tenantry_columns <> '{}' then
    execute format('grant select (%s) on table %s to :directory_role',
      (select string_agg(quote_ident(c), ', ') from unnest(_tenantry_columns) c), _tenantry_table);
  end if;
end
$$;

create or replace function tenantry.enroll_present_grants(_tenantry_table regclass) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select format('%s %s', case grantee when 0 then 'public' else grantee::regrole::text end, privilege)
      || case when is_grantable then ' with grant option' else '' end
    from (
      select a.grantee, a.privilege_type as privilege, a.is_grantable from pg_class c cross join aclexplode(c.relacl) a where c.oid = $1
      union all
      select a.grantee, a.privilege_type || ' ' || t.attname, a.is_grantable
        from pg_attribute t cross join aclexplode(t.attacl) a where t.attrelid = $1 and not t.attisdropped
    ) present
    where grantee in (0, ':app_role'::regrole, ':directory_role'::regrole) order by 1)
$$;

-- A serial column's sequence: nextval and nothing else. setval would need UPDATE. Identity columns need no grant.
create or replace function tenantry.enroll_grant_sequences(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_sequence regclass;
begin
  for _tenantry_sequence in
    select d.objid from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = _tenantry_table and d.deptype = 'a'
  loop
    if tenantry.enroll_present_grants(_tenantry_sequence) <> array[format('%s USAGE', ':app_role'::regrole)] then
      execute format('revoke all on sequence %s from public, :app_role, :directory_role', _tenantry_sequence);
      execute format('grant usage on sequence %s to :app_role', _tenantry_sequence);
    end if;
  end loop;
end
$$;

create or replace function tenantry.enroll_grant_schema(_tenantry_table regclass, _tenantry_directory boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_schema name := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = _tenantry_table);
begin
  if not has_schema_privilege(':app_role'::regrole, _tenantry_schema, 'usage') then
    execute format('grant usage on schema %I to :app_role', _tenantry_schema);
  end if;
  if _tenantry_directory and not has_schema_privilege(':directory_role'::regrole, _tenantry_schema, 'usage') then
    execute format('grant usage on schema %I to :directory_role', _tenantry_schema);
  end if;
end
$$;
