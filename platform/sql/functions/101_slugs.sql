-- A released slug rests before somebody else may have it: links, mail and bookmarks still point at it.

create or replace function tenantry.refuse_quarantined_slug() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  if exists (
    select from tenantry.slug_quarantine q
    where q.slug = new.slug and q.until > tenantry.clock() and q.tenant_id <> new.tenant_id
  ) then
    raise exception 'slug is not available' using errcode = 'TN003';
  end if;
  return new;
end
$$;

create or replace function tenantry.quarantine_slug() returns trigger
  language plpgsql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
begin
  insert into tenantry.slug_quarantine (slug, tenant_id, until)
  values (old.slug, old.tenant_id, tenantry.clock() + interval '90 days')
  on conflict (slug) do update set tenant_id = excluded.tenant_id, until = excluded.until;
  return null;
end
$$;

revoke execute on function tenantry.refuse_quarantined_slug(), tenantry.quarantine_slug() from public;
