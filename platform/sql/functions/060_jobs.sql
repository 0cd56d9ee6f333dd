-- A job for the tenant of the context, in the transaction of the caller: there if and only if that commits. Its payload is ids.
-- Of several waiting under one key only the first is kept; one that runs already does not count, it may have read too early.
create or replace function tenantry.enqueue(queue text, kind text, ref uuid, key text default null, start_after timestamptz default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_tenant uuid := tenantry.tenant_id();
  -- The queue goes by PostgreSQL's clock, rules go by ours.
  _tenantry_start timestamptz := now() + greatest(interval '0', $5 - tenantry.clock());
  _tenantry_queue record;
begin
  select * into _tenantry_queue from tenantry_jobs.queue q where q.name = $1;
  if not found then
    raise exception 'there is no queue %', $1 using hint = 'A server makes the queues of its jobs when it starts.';
  end if;
  insert into tenantry_jobs.job (name, data, singleton_key, group_id, start_after, keep_until, expire_seconds, deletion_seconds,
      retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
    values ($1, jsonb_build_object('tenantId', _tenantry_tenant, 'kind', $2, 'ref', $3),
      _tenantry_tenant::text || '/' || coalesce($4, gen_random_uuid()::text), _tenantry_tenant::text,
      coalesce(_tenantry_start, now()), coalesce(_tenantry_start, now()) + make_interval(secs => _tenantry_queue.retention_seconds),
      _tenantry_queue.expire_seconds, _tenantry_queue.deletion_seconds, _tenantry_queue.retry_limit, _tenantry_queue.retry_delay,
      _tenantry_queue.retry_backoff, _tenantry_queue.retry_delay_max, _tenantry_queue.policy, _tenantry_queue.dead_letter,
      _tenantry_queue.heartbeat_seconds)
    on conflict do nothing;
end
$$;
comment on function tenantry.enqueue(text, text, uuid, text, timestamptz) is 'Puts a job of the tenant in whose scope it is called into a queue';
revoke execute on function tenantry.enqueue(text, text, uuid, text, timestamptz) from public;
grant execute on function tenantry.enqueue(text, text, uuid, text, timestamptz) to :app_role;
