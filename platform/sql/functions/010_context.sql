-- What a statement knows about itself: tenant, actor, request, time, and ids in the order of time.

-- The tenant of the context. Default of every tenant_id: there is no fallback, so nothing is written without a tenant.
create or replace function tenantry.tenant_id() returns uuid
language plpgsql stable parallel safe as $$
declare
  _tenantry_tenant text := pg_catalog.current_setting('tenantry.tenant', true);
begin
  -- After a commit the setting is '' and not null.
  if _tenantry_tenant is null or _tenantry_tenant operator(pg_catalog.=) '' then
    raise exception 'no tenant context' using errcode = 'TN001',
      hint = 'Run the statement in a tenant scope, or set tenantry.tenant for this transaction.';
  end if;
  return _tenantry_tenant::pg_catalog.uuid;
end
$$;

create or replace function tenantry.actor() returns uuid
language sql stable parallel safe
return nullif(current_setting('tenantry.actor', true), '')::uuid;

-- member, key, operator or system; maintenance that sets nothing but the tenant is `system`.
create or replace function tenantry.actor_kind() returns text
language sql stable parallel safe
return coalesce(nullif(current_setting('tenantry.actor_kind', true), ''), 'system');

create or replace function tenantry.request_id() returns text
language sql stable parallel safe
return nullif(current_setting('tenantry.request', true), '');

-- address, userAgent, impersonator: whatever of them is known.
create or replace function tenantry.origin() returns jsonb
language sql stable parallel safe
return coalesce(nullif(current_setting('tenantry.origin', true), '')::jsonb, '{}');

-- The one clock that rules ask. Definer, so that it needs no grant; only the owner moves the offset.
create or replace function tenantry.clock() returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  return clock_timestamp() + coalesce((select "offset" from tenantry.clock_offset), interval '0');
end
$$;

-- RFC 9562 version 7: 48 bits of milliseconds, 12 bits of the fraction of a millisecond, 62 random bits.
-- Of the real clock: ids sort by when rows were made, also while a test moves tenantry.clock().
create or replace function tenantry.uuid7() returns uuid
language plpgsql volatile parallel safe as $$
declare
  _tenantry_micros bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
  return encode(
    substring(int8send(_tenantry_micros / 1000) from 3)
      || substring(int4send((28672 + (_tenantry_micros % 1000) * 4096 / 1000)::integer) from 3)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex')::uuid;
end
$$;
