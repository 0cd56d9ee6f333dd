-- A limit of a tenant at this moment, and the number that tells one state of it from the next.

create or replace function tenantry.raise_limit_version() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;

-- A limit that no rule gives is zero: an error of ours opens no door.
create or replace function tenantry.resolved_max(tenant uuid, name text) returns bigint
  language sql volatile
as $$
  select case when count(*) = 0 then 0 else max((e.value ->> 'max')::bigint) end
    from tenantry.entitlements($1, tenantry.clock()) e where e.kind = 'limit' and e.name = $2
$$;

-- Volatile, like the clock it asks, so that PostgreSQL puts the expression in the place of the call: a limit without an end costs nothing.
create or replace function tenantry.max_now(tenant uuid, name text, max bigint, until timestamptz) returns bigint
  language sql volatile
as $$
  select case when $4 is null or $4 > tenantry.clock() then $3 else tenantry.resolved_max($1, $2) end
$$;
comment on function tenantry.max_now(uuid, text, bigint, timestamptz) is
  'Of a row of tenantry.limits: what it allows now, also when an override ended a moment ago and nobody has tidied up yet';

revoke execute on function tenantry.raise_limit_version(), tenantry.resolved_max(uuid, text), tenantry.max_now(uuid, text, bigint, timestamptz) from public;
grant execute on function tenantry.resolved_max(uuid, text), tenantry.max_now(uuid, text, bigint, timestamptz) to :app_role, :directory_role;
