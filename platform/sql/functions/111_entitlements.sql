-- What a tenant may use and how much of it: the one resolver. With the caller's own rights, so that a tenant's scope resolves its own
-- tenant alone, whatever it passes, and the directory every one.

-- Every rule that says something, from the weakest (1) to the strongest. `plan_key` and `plan_version` try out another plan.
create or replace function tenantry.entitlement_rules(tenant uuid, at timestamptz, plan_key text default null, plan_version integer default null)
  returns table (kind text, name text, strength integer, rule text, source text, version integer, given jsonb, until timestamptz)
  language sql stable
as $$
  with tenant as (
    select t.tenant_id, t.system, t.features, coalesce($3, t.tier) as plan, case when $3 is null then t.plan_version else $4 end as version
      from tenantry.tenants t where t.tenant_id = $1
  ),
  sold as (
    select 1 as strength, 'plan' as rule, p.key as source, p.version, p.content, null::timestamptz as until
      from tenant t join tenantry.plans p on p.system = t.system and p.kind = 'plan' and p.key = t.plan and p.version = t.version
    union all
    select 2, 'add_on', p.key, p.version, p.content, a.until
      from tenant t
      join tenantry.held_add_ons a on a.tenant_id = t.tenant_id and (a.until is null or a.until > $2)
      join tenantry.plans p on p.system = t.system and p.kind = 'add_on' and p.key = a.key and p.version = a.version
  )
  select 'feature', f.name, s.strength, s.rule, s.source, s.version, 'true'::jsonb, s.until
    from sold s, jsonb_array_elements_text(s.content -> 'features') f (name)
  union all
  select 'limit', l.name, s.strength, s.rule, s.source, s.version, l.given, s.until from sold s, jsonb_each(s.content -> 'limits') l (name, given)
  union all
  select 'value', v.name, s.strength, s.rule, s.source, s.version, v.given, s.until from sold s, jsonb_each(s.content -> 'values') v (name, given)
  union all
  select 'feature', f.name, 3, 'granted', null, null, 'true'::jsonb, null from tenant t, unnest(t.features) f (name)
  union all
  select o.kind, o.name, 4, 'override', null, null, o.given, o.expires_at
    from tenantry.overrides o where o.tenant_id = $1 and (o.expires_at is null or o.expires_at > $2)
$$;

-- The strongest rule decides; limits of add-ons come on top of the plan's. `until`: the first moment at which the answer may change.
create or replace function tenantry.entitlements(tenant uuid, at timestamptz, plan_key text default null, plan_version integer default null)
  returns table (kind text, name text, value jsonb, decided_by text, until timestamptz)
  language sql stable
as $$
  with decided as (
    select r.kind, r.name, min(r.until) as until,
           (array_agg(r.rule order by r.strength desc))[1] as rule,
           (array_agg(r.given order by r.strength desc))[1] as given,
           (array_agg(r.given) filter (where r.rule = 'plan'))[1] as planned,
           coalesce(bool_or(r.given -> 'max' = 'null') filter (where r.rule in ('plan', 'add_on')), false) as unlimited,
           sum((r.given ->> 'max')::bigint) filter (where r.kind = 'limit' and r.rule in ('plan', 'add_on')) as bought
      from tenantry.entitlement_rules($1, $2, $3, $4) r
     group by r.kind, r.name
  )
  select d.kind, d.name,
         case when d.kind = 'limit'
              then '{"kind": "counted", "mode": "hard", "period": null}'::jsonb || coalesce(d.planned, '{}')
                   || case when d.rule = 'override' then d.given
                           else jsonb_build_object('max', case when not d.unlimited then d.bought end) end
              else d.given end,
         d.rule, d.until
    from decided d
$$;

revoke execute on function tenantry.entitlement_rules(uuid, timestamptz, text, integer), tenantry.entitlements(uuid, timestamptz, text, integer) from public;
grant execute on function tenantry.entitlement_rules(uuid, timestamptz, text, integer), tenantry.entitlements(uuid, timestamptz, text, integer)
  to :app_role, :directory_role;
