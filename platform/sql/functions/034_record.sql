-- What code records by name: an event, a read, an action that is no change of an enrolled row. Tenant and actor come from the context only.

-- An outbox row, told if and only if this transaction commits. Answers the event's id.
-- The mark of work comes first: its lock, held even where nothing about it changes, keeps a claimer from taking it away before
-- this commit, and makes the tenant's emitters follow each other, so that `version` grows in the order of commits.
-- Versions begin at the microseconds of the clock: they keep growing when the partition with the earlier events is gone.
create or replace function tenantry.emit(type text, object_id uuid, data jsonb default '{}') returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  _tenantry_id uuid := tenantry.uuid7();
  _tenantry_now timestamptz := tenantry.clock();
begin
  insert into tenantry.work as w (tenant_id, kind, object_id, due_at) values (_tenantry_tenant, 'outbox', _tenantry_tenant, _tenantry_now)
    on conflict on constraint work_pkey do update set due_at = excluded.due_at where w.due_at > excluded.due_at;
  insert into tenantry.events (tenant_id, id, type, object_id, version, data, at)
    values (_tenantry_tenant, _tenantry_id, $1, $2, greatest(
      (extract(epoch from clock_timestamp()) * 1000000)::bigint,
      (select max(e.version) + 1 from tenantry.events e where e.tenant_id = _tenantry_tenant and e.object_id = $2)), $3, _tenantry_now);
  return _tenantry_id;
end
$$;

-- A row of the access log in the caller's own transaction.
create or replace function tenantry.record_access(action text, object_id uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into tenantry.access_log (tenant_id, at, actor_kind, actor_id, impersonator, action, object_id, request_id, address, user_agent)
    select tenantry.tenant_id(), c.at, c.actor_kind, c.actor_id, c.impersonator, $1, $2, c.request_id, c.address, c.user_agent
    from tenantry.audit_context() c;
end
$$;

-- Rows of the access log for reads of several tenants at once, as a process gathers them: an element of each array for each of them.
-- It is told its tenants, since no context holds more than one (decision 20), and adds them by the policy `recorder_adds`.
create or replace function tenantry.record_accesses(tenants uuid[], actor_kinds text[], actors uuid[], impersonators uuid[],
  actions text[], objects uuid[], requests text[], addresses text[], user_agents text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_at timestamptz := tenantry.clock();
  -- The half of an id that tells the time; the other half is random.
  _tenantry_moment bytea := substring(uuid_send(tenantry.uuid7()) from 1 for 8);
begin
  insert into tenantry.access_log (id, tenant_id, at, actor_kind, actor_id, impersonator, action, object_id, request_id, address, user_agent)
    select encode(_tenantry_moment || substring(uuid_send(gen_random_uuid()) from 9), 'hex')::uuid, e.tenant, _tenantry_at,
      e.actor_kind, e.actor, e.impersonator, e.action, e.object, e.request, e.address, e.user_agent
    from unnest(tenants, actor_kinds, actors, impersonators, actions, objects, requests, addresses, user_agents)
      e (tenant, actor_kind, actor, impersonator, action, object, request, address, user_agent);
end
$$;

-- An audit entry for what no trigger sees.
create or replace function tenantry.record_audit(action text, object_type text, object_id uuid, after jsonb default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into tenantry.audit_entries (tenant_id, at, actor_kind, actor_id, impersonator, action, object_type, object_id,
      after, request_id, address, user_agent)
    select tenantry.tenant_id(), c.at, c.actor_kind, c.actor_id, c.impersonator, $1, $2, $3, $4, c.request_id, c.address, c.user_agent
    from tenantry.audit_context() c;
  perform tenantry.plan_sealing();
end
$$;
