-- As schedule, for what is written all the time: where work is due by then already it neither writes nor locks, so writers of
-- one tenant do not queue behind each other's commits. The price: somebody who finishes that work meanwhile does not learn of
-- this transaction. They look once more, later than any transaction lasts, before they take the mark away.
create or replace function tenantry.plan_work(kind text, object_id uuid, due_at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from tenantry.work w
    where w.tenant_id = tenantry.tenant_id() and w.kind = $1 and w.object_id = $2 and w.due_at <= $3;
  if not found then
    insert into tenantry.work as w (tenant_id, kind, object_id, due_at) values (tenantry.tenant_id(), $1, $2, $3)
      on conflict on constraint work_pkey do update set due_at = least(w.due_at, excluded.due_at);
  end if;
end
$$;
comment on function tenantry.plan_work(text, uuid, timestamptz) is
  'Sees to it that work is due at that time or before, in the tenant in whose scope it is called; cheap where it is already';
revoke execute on function tenantry.plan_work(text, uuid, timestamptz) from public;
grant execute on function tenantry.plan_work(text, uuid, timestamptz) to :app_role;
