-- Plans as they were published and sold, what one tenant has beside its plan, and the limits that come of both.

alter table tenantry.limits
  add column kind    text not null default 'counted' check (kind in ('counted', 'metered', 'gauge', 'rate', 'retention')),
  add column period  text check (period in ('month', 'day', 'hour', 'minute', 'second')),
  add column version bigint not null default 1,
  add column until   timestamptz,
  drop constraint limits_mode_check,
  add constraint limits_mode_check check (mode in ('hard', 'soft', 'overage')),
  add constraint limits_period_check1 check ((period is not null) = (kind in ('metered', 'rate')));
comment on column tenantry.limits.kind is
  'counted: things that are there; metered: per period; gauge: a size that others measure; rate: per minute or second; retention: days';
comment on column tenantry.limits.mode is 'hard refuses above max; soft lets it pass and tells; overage lets it pass and bills';
comment on column tenantry.limits.period is 'Of a metered limit month, day or hour; of a rate also minute or second';
comment on column tenantry.limits.version is 'Rises whenever max changes, so that thresholds of a raised limit are told anew';
comment on column tenantry.limits.until is
  'max holds until then: an override or an add-on ends. Whoever decides asks tenantry.max_now(), which is right at that very moment';
create trigger raise_version before update on tenantry.limits
  for each row when (old.max is distinct from new.max) execute function tenantry.raise_limit_version();

create table tenantry.plans (
  system       text not null,
  kind         text not null check (kind in ('plan', 'add_on')),
  key          text not null check (key ~ '^[a-z][a-z0-9_-]{0,62}$'),
  version      integer not null check (version > 0),
  content      jsonb not null check (jsonb_typeof(content) = 'object'),
  published_at timestamptz not null default tenantry.clock(),
  published_by uuid,
  sold_at      timestamptz,
  primary key (system, kind, key, version)
);
comment on table tenantry.plans is 'Every published version of every plan and add-on, the same for all tenants';
comment on column tenantry.plans.content is 'title, features, limits, values, prices, trialDays, selfService: what TypeScript calls PlanContent and AddOnContent';
comment on column tenantry.plans.published_by is 'Operator; null when the code of a system or the command line did';
comment on column tenantry.plans.sold_at is 'When the first tenant got it: from then on nothing of it changes';
create trigger keep_sold_plan before update or delete on tenantry.plans
  for each row when (old.sold_at is not null) execute function tenantry.keep_sold_plan();
grant select on tenantry.plans to :app_role, :directory_role;
grant insert on tenantry.plans to :directory_role;

alter table tenantry.tenants add column plan_version integer not null default 1;
comment on column tenantry.tenants.tier is 'Key of its plan';
comment on column tenantry.tenants.plan_version is 'Which version of the plan it has; it keeps it until it is moved. 1 for tenants from before there were versions';
select tenantry.enroll(
  'tenantry.tenants',
  audit => true,
  directory => array['id', 'slug', 'name', 'realm_id', 'system', 'tier', 'plan_version', 'status', 'suspension', 'status_changed_at', 'legal_hold',
                     'erase_after', 'features', 'version', 'created_at', 'updated_at']
);

create table tenantry.held_add_ons (
  key     text not null,
  version integer not null,
  since   timestamptz not null default tenantry.clock(),
  until   timestamptz,
  primary key (key)
);
comment on table tenantry.held_add_ons is 'What the tenant has beside its plan';
comment on column tenantry.held_add_ons.until is 'It has it until then; null for as long as nobody ends it';
select tenantry.enroll('tenantry.held_add_ons', audit => true, directory => array['key', 'version', 'until']);

create table tenantry.overrides (
  kind       text not null check (kind in ('feature', 'limit', 'value')),
  name       text not null check (name ~ '^[a-zA-Z][a-zA-Z0-9_.]{0,62}$'),
  given      jsonb not null,
  reason     text not null check (length(reason) between 3 and 500),
  expires_at timestamptz,
  created_at timestamptz not null default tenantry.clock(),
  primary key (kind, name),
  check (kind <> 'feature' or jsonb_typeof(given) = 'boolean'),
  check (kind <> 'limit' or given ? 'max'),
  check (kind <> 'value' or jsonb_typeof(given) in ('boolean', 'string', 'number'))
);
comment on table tenantry.overrides is 'What was agreed with this one tenant; stronger than plan and add-ons, for as long as it lasts';
comment on column tenantry.overrides.given is 'Of a feature true or false, of a limit {"max": number or null}, of a value the value';
comment on column tenantry.overrides.reason is 'The tenant reads it too';
select tenantry.enroll('tenantry.overrides', audit => true, directory => array['kind', 'name', 'given', 'expires_at']);
select tenantry.enroll('tenantry.limits', directory => array['name', 'max', 'mode', 'kind', 'period', 'until']);
