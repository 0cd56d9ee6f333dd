-- Policies in the words in which PostgreSQL prints them, so that one text creates, compares and is linted.

create or replace function tenantry.tenant_policy() returns text
language sql immutable
return $policy$(tenant_id = ( SELECT (NULLIF(current_setting('tenantry.tenant'::text, true), ''::text))::uuid AS "nullif"))$policy$;

-- The sub-selects are evaluated once per statement; no table of a user can shadow the alias. Null without a column.
create or replace function tenantry.reach_policy(_tenantry_table regclass, _tenantry_column text, _tenantry_null_open boolean) returns text
language sql stable strict set search_path = pg_catalog, pg_temp as $$
  select '(' || case when $3 then format('(%I IS NULL) OR ', $2) else '' end
    || $policy$( SELECT (current_setting('tenantry.reach'::text, true) = 'all'::text)) OR (EXISTS ( SELECT 1$policy$
    || $policy$ FROM tenantry.grants _tenantry_grant WHERE ($policy$
    || format('(_tenantry_grant.tenant_id = %I.tenant_id)', relname)
    || $policy$ AND (_tenantry_grant.actor_id = ( SELECT (NULLIF(current_setting('tenantry.actor'::text, true), ''::text))::uuid AS "nullif"))$policy$
    || format(' AND (_tenantry_grant.object_id = %I.%I)))))', relname, $2)
  from pg_class where oid = $1
$$;

create or replace function tenantry.enroll_policies(_tenantry_table regclass, _tenantry_options jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_member regclass;
  _tenantry_column text := _tenantry_options ->> 'granted_by';
begin
  for _tenantry_member in select tenantry.enroll_family(_tenantry_table) loop
    perform tenantry.enroll_policy(_tenantry_member, 'tenant_isolation', 'permissive for all to public', tenantry.tenant_policy());
    -- For the app alone: the owner's trigger functions keep counters and tokens of what the actor may not see.
    perform tenantry.enroll_policy(_tenantry_member, 'granted_reach', format('restrictive for all to %s', ':app_role'::regrole),
      tenantry.reach_policy(_tenantry_member, _tenantry_column, (_tenantry_options -> 'granted_null_open')::boolean));
    -- Partitions are reached through their parent, whose policies then hold.
    perform tenantry.enroll_policy(_tenantry_member, 'directory_reads', format('permissive for select to %s', ':directory_role'::regrole),
      case when _tenantry_member = _tenantry_table and _tenantry_options -> 'directory' <> '[]' then 'true' end);
  end loop;
end
$$;

-- No expression: no such policy. A policy for all commands says the same with USING and WITH CHECK.
create or replace function tenantry.enroll_policy(_tenantry_table regclass, _tenantry_name text, _tenantry_kind text, _tenantry_expression text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_present text := tenantry.enroll_present_policy(_tenantry_table, _tenantry_name);
  _tenantry_wanted text := _tenantry_kind || ' using (' || _tenantry_expression || ')'
    || case when _tenantry_kind like '% for all %' then ' with check (' || _tenantry_expression || ')' else '' end;
begin
  if _tenantry_present is not distinct from _tenantry_wanted then
    return;
  end if;
  if _tenantry_present is not null then
    execute format('drop policy %I on %s', _tenantry_name, _tenantry_table);
  end if;
  if _tenantry_wanted is not null then
    execute format('create policy %I on %s as ', _tenantry_name, _tenantry_table) || _tenantry_wanted;
  end if;
end
$$;

-- What follows `as` in CREATE POLICY, on one line.
create or replace function tenantry.enroll_present_policy(_tenantry_table regclass, _tenantry_name text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%s for %s to %s', case when polpermissive then 'permissive' else 'restrictive' end,
      case polcmd when '*' then 'all' when 'r' then 'select' else polcmd::text end,
      (select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ') from unnest(polroles) role))
    || coalesce(' using (' || tenantry.enroll_one_line(pg_get_expr(polqual, polrelid)) || ')', '')
    || coalesce(' with check (' || tenantry.enroll_one_line(pg_get_expr(polwithcheck, polrelid)) || ')', '')
  from pg_policy where polrelid = $1 and polname = $2
$$;

create or replace function tenantry.enroll_one_line(_tenantry_text text) returns text
language sql immutable
return pg_catalog.regexp_replace(_tenantry_text, '\s+', ' ', 'g');

create or replace function tenantry.enroll_row_security(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_member record;
begin
  for _tenantry_member in
    select f.relation, c.relrowsecurity as enabled, c.relforcerowsecurity as forced
    from tenantry.enroll_family(_tenantry_table) f(relation) join pg_class c on c.oid = f.relation
  loop
    if not _tenantry_member.enabled then
      execute format('alter table %s enable row level security', _tenantry_member.relation);
    end if;
    if not _tenantry_member.forced then
      execute format('alter table %s force row level security', _tenantry_member.relation);
    end if;
  end loop;
end
$$;
