-- Cached answers are outdated by a stamp, like directory rows: an insert that waits for nobody, heard of by every node within
-- a second. No notification: its lock is all transactions', and a cache can wait for the next reading.
create or replace function tenantry.outdate(tags text[]) returns void
  language sql security definer set search_path = pg_catalog, tenantry, pg_temp
as $$
  insert into tenantry.changes (kind, tenant_id, object_id)
  select 'cache', tenantry.tenant_id(), md5(tag)::uuid from unnest($1) tag
$$;
comment on function tenantry.outdate(text[]) is 'Outdates cached answers with one of these tags, of the tenant in whose scope it is called';
revoke execute on function tenantry.outdate(text[]) from public;
grant execute on function tenantry.outdate(text[]) to :app_role;
