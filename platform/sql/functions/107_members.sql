-- A tenant that has an owner keeps one. Whoever takes the last one's role or membership is refused (TN007), and of two who take
-- one another's at the same moment the second: the lock makes them follow each other, and each question is asked anew behind it.
-- Only the app role is bound: the owner of the tables erases whole tenants.
create or replace function tenantry.keep_an_owner() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if (select oid from pg_roles where rolname = session_user) <> ':app_role'::regrole then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tenantry.people ' || old.tenant_id, 0));
  if not exists (select from tenantry.members m where m.tenant_id = old.tenant_id and m.role = 'owner') then
    raise exception 'the last owner stays' using errcode = 'TN007';
  end if;
  return null;
end
$$;
revoke execute on function tenantry.keep_an_owner() from public;
