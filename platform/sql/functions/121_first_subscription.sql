-- The subscription that the context's tenant begins with: a trial where its plan has one, else a first period. A plan without a price is
-- agreed with each customer: it costs nothing here, so that add-ons can be bought beside it, in the currency of the first that the
-- system sold; where it sells nothing at all there is no subscription. It begins now, also for a tenant that was there before there were
-- subscriptions: nobody is billed for a time in which he could not choose. With the rights of who calls. Answers whether one was made.
create or replace function tenantry.first_subscription() returns boolean
language sql set search_path = pg_catalog, pg_temp as $$
  with made as (
    insert into tenantry.subscriptions (plan, plan_version, state, billing_interval, currency, price_minor, anchor, time_zone,
        period_start, period_end, usage_sealed_until, trial_ends_at)
      select t.tier, t.plan_version, case when trial.days is null then 'active' else 'trialing' end,
             case when price.monthly is null and price.yearly is not null then 'yearly' else 'monthly' end,
             price.currency, coalesce(price.monthly, price.yearly, 0),
             to_char(moment.at at time zone t.time_zone, 'YYYY-MM-DD"T"HH24:MI:SS'), t.time_zone,
             moment.at, coalesce(trial.ends_at, moment.at), moment.at, trial.ends_at
        from tenantry.tenants t
        cross join (select date_trunc('second', tenantry.clock()) as at) moment
        join tenantry.plans p on p.system = t.system and p.kind = 'plan' and p.key = t.tier and p.version = t.plan_version
        cross join lateral (select (p.content ->> 'trialDays')::int as days,
                                   moment.at + make_interval(days => (p.content ->> 'trialDays')::int) as ends_at) trial
        cross join lateral (select coalesce(p.content #>> '{prices,currency}', (
                                     select a.content #>> '{prices,currency}' from tenantry.plans a
                                      where a.system = t.system and a.kind = 'add_on' order by a.published_at, a.key limit 1)) as currency,
                                   (p.content #>> '{prices,monthly}')::bigint as monthly,
                                   (p.content #>> '{prices,yearly}')::bigint as yearly) price
       where t.tenant_id = tenantry.tenant_id() and t.status in ('provisioning', 'active', 'suspended') and price.currency is not null
         and not exists (select from tenantry.subscriptions s where s.tenant_id = t.tenant_id)
    returning id, coalesce(trial_ends_at, period_end) as due_at
  ), planned as materialized (
    select tenantry.schedule('billing.subscription', id, due_at) from made
  )
  select count(*) > 0 from planned
$$;
comment on function tenantry.first_subscription() is 'Gives the tenant in whose context it is called its first subscription, if it has none';
revoke execute on function tenantry.first_subscription() from public;
grant execute on function tenantry.first_subscription() to :app_role;
