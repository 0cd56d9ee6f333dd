-- As slugs do, a custom host rests after it was given up.

create or replace function tenantry.refuse_quarantined_host() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  if exists (
    select from tenantry.host_quarantine q
    where q.host = new.host and q.until > tenantry.clock() and q.tenant_id <> new.tenant_id
  ) then
    raise exception 'host is not available' using errcode = 'TN008';
  end if;
  return new;
end
$$;

create or replace function tenantry.quarantine_host() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.host_quarantine (host, tenant_id, until)
  values (old.host, old.tenant_id, tenantry.clock() + interval '7 days')
  on conflict (host) do update set tenant_id = excluded.tenant_id, until = excluded.until;
  return null;
end
$$;

revoke execute on function tenantry.refuse_quarantined_host(), tenantry.quarantine_host() from public;
