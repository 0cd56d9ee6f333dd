-- Audit by statement: one insert for all rows of a statement (kernel.md: 40,000 rows 0.3 s, by row 14 s).
-- Arguments: columns to redact, columns of the primary key, `id` where that is a uuid.
-- Images leave tenant_id out, it is the entry's own. An update keeps the columns that changed.
create or replace function tenantry.audit_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_type text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  _tenantry_redacted text[] := TG_ARGV[0];
  _tenantry_keys text[] := TG_ARGV[1];
  _tenantry_by_id boolean := TG_ARGV[2] = 'id';
  _tenantry_mask jsonb := coalesce((select jsonb_object_agg(c, '[redacted]') from unnest(_tenantry_redacted) c), '{}');
begin
  if TG_OP = 'INSERT' then
    insert into tenantry.audit_entries (tenant_id, at, actor_kind, actor_id, impersonator, action, object_type, object_id,
        before, after, request_id, address, user_agent)
      select r.tenant_id, c.at, c.actor_kind, c.actor_id, c.impersonator, _tenantry_type || '.created', _tenantry_type,
        case when _tenantry_by_id then (r.image ->> 'id')::uuid end, null, r.image || _tenantry_mask, c.request_id, c.address, c.user_agent
      from (select _tenantry_row.tenant_id, to_jsonb(_tenantry_row) - 'tenant_id' as image from _tenantry_after _tenantry_row) r
      cross join tenantry.audit_context() c;
  elsif TG_OP = 'DELETE' then
    insert into tenantry.audit_entries (tenant_id, at, actor_kind, actor_id, impersonator, action, object_type, object_id,
        before, after, request_id, address, user_agent)
      select r.tenant_id, c.at, c.actor_kind, c.actor_id, c.impersonator, _tenantry_type || '.deleted', _tenantry_type,
        case when _tenantry_by_id then (r.image ->> 'id')::uuid end, r.image || _tenantry_mask, null, c.request_id, c.address, c.user_agent
      from (select _tenantry_row.tenant_id, to_jsonb(_tenantry_row) - 'tenant_id' as image from _tenantry_before _tenantry_row) r
      cross join tenantry.audit_context() c;
  else
    insert into tenantry.audit_entries (tenant_id, at, actor_kind, actor_id, impersonator, action, object_type, object_id,
        before, after, request_id, address, user_agent)
      select r.tenant_id, c.at, c.actor_kind, c.actor_id, c.impersonator, _tenantry_type || '.updated', _tenantry_type,
        case when _tenantry_by_id then (r.image ->> 'id')::uuid end, d.before, d.after, c.request_id, c.address, c.user_agent
      from (
        -- A row whose key changed has no counterpart: it shows once as it was and once as it is.
        select coalesce(a.tenant_id, b.tenant_id) as tenant_id, coalesce(a.image, b.image) as image, b.image as before, a.image as after
        from (
          select _tenantry_row.tenant_id, i.image, (select jsonb_agg(i.image -> k) from unnest(_tenantry_keys) k) as key
          from _tenantry_before _tenantry_row cross join lateral (select to_jsonb(_tenantry_row) - 'tenant_id' as image) i
        ) b full join (
          select _tenantry_row.tenant_id, i.image, (select jsonb_agg(i.image -> k) from unnest(_tenantry_keys) k) as key
          from _tenantry_after _tenantry_row cross join lateral (select to_jsonb(_tenantry_row) - 'tenant_id' as image) i
        ) a on a.tenant_id = b.tenant_id and a.key = b.key
      ) r
      cross join lateral tenantry.audit_difference(r.before, r.after, _tenantry_mask,
        case when _tenantry_by_id then '{}' else _tenantry_keys end) d
      cross join tenantry.audit_context() c
      where d.changed;
  end if;
  if found then
    perform tenantry.plan_sealing();
  end if;
  return null;
end
$$;

-- What changed between two images, and of what names the row where no id does.
create or replace function tenantry.audit_difference(_tenantry_before jsonb, _tenantry_after jsonb, _tenantry_mask jsonb, _tenantry_kept text[],
  out changed boolean, out before jsonb, out after jsonb)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(bool_or(b.value is distinct from a.value), false),
    jsonb_object_agg(b.key, coalesce($3 -> b.key, b.value)) filter (where b.key is not null),
    jsonb_object_agg(a.key, coalesce($3 -> a.key, a.value)) filter (where a.key is not null)
  from jsonb_each($1) b full join jsonb_each($2) a on a.key = b.key
  where b.value is distinct from a.value or a.key = any ($4)
$$;

-- Who, when and from where: the same for every row of a statement.
create or replace function tenantry.audit_context(
  out at timestamptz, out actor_kind text, out actor_id uuid, out impersonator uuid, out request_id text, out address text, out user_agent text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_origin jsonb := tenantry.origin();
begin
  at := tenantry.clock();
  actor_kind := tenantry.actor_kind();
  actor_id := tenantry.actor();
  impersonator := (_tenantry_origin ->> 'impersonator')::uuid;
  request_id := tenantry.request_id();
  address := _tenantry_origin ->> 'address';
  user_agent := _tenantry_origin ->> 'userAgent';
end
$$;
