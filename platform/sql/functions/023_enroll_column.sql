-- tenant_id: not null, filled from the context. Beside it the default of an `id uuid` that has none.
create or replace function tenantry.enroll_column(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tenantry.enroll_column_number(_tenantry_table, 'tenant_id') is null then
    perform tenantry.enroll_add_column(_tenantry_table);
  else
    perform tenantry.enroll_require_column(_tenantry_table);
  end if;
  perform tenantry.enroll_default(_tenantry_table, 'tenant_id', 'tenantry.tenant_id()', true);
  if tenantry.enroll_has_uuid_id(_tenantry_table) then
    perform tenantry.enroll_default(_tenantry_table, 'id', 'tenantry.uuid7()', false);
  end if;
end
$$;

-- Rows that are there become the context's: a constant default that PostgreSQL keeps in the catalogue, no rewrite.
create or replace function tenantry.enroll_add_column(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := nullif(current_setting('tenantry.tenant', true), '')::uuid;
begin
  if not tenantry.enroll_has_rows(_tenantry_table) then
    execute format('alter table %s add column tenant_id uuid not null', _tenantry_table);
  elsif _tenantry_tenant is null then
    perform tenantry.enroll_refusal(_tenantry_table, 'it has rows and neither a column tenant_id nor a tenant context',
      'Set tenantry.tenant to the tenant that the rows belong to, or add and fill tenant_id first.');
  else
    execute format('alter table %s add column tenant_id uuid not null default %L::uuid', _tenantry_table, _tenantry_tenant);
  end if;
end
$$;

create or replace function tenantry.enroll_require_column(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_orphans boolean;
begin
  if (select attnotnull from pg_attribute where attrelid = _tenantry_table and attname = 'tenant_id') then
    return;
  end if;
  execute format('select exists (select from %s where tenant_id is null)', _tenantry_table) into _tenantry_orphans;
  if _tenantry_orphans then
    perform tenantry.enroll_refusal(_tenantry_table, 'it has rows whose tenant_id is null', 'Fill tenant_id first.');
  end if;
  execute format('alter table %s alter column tenant_id set not null', _tenantry_table);
end
$$;

create or replace function tenantry.enroll_default(_tenantry_table regclass, _tenantry_column text, _tenantry_default text, _tenantry_replace boolean)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_present text;
begin
  select pg_get_expr(adbin, adrelid) into _tenantry_present from pg_attrdef
    where adrelid = _tenantry_table and adnum = tenantry.enroll_column_number(_tenantry_table, _tenantry_column);
  if _tenantry_present is null or (_tenantry_replace and _tenantry_present <> _tenantry_default) then
    execute format('alter table %s alter column %I set default %s', _tenantry_table, _tenantry_column, _tenantry_default);
  end if;
end
$$;
