-- What a tenant's members and keys ask for and how it goes, and how the tenant fares.

create table tenantry.traffic (
  slot           timestamptz not null primary key,
  requests       bigint not null,
  client_errors  bigint not null,
  server_errors  bigint not null,
  quota_refusals bigint not null,
  sign_ins       bigint not null,
  received_bytes bigint not null,
  milliseconds   bigint not null,
  durations      bigint[] not null check (cardinality(durations) = 12)
);
comment on table tenantry.traffic is 'Requests of five minutes, added up by every node; kept for 15 days';
comment on column tenantry.traffic.slot is 'Begin of the five minutes';
comment on column tenantry.traffic.client_errors is '4xx, but for refusals by a quota';
comment on column tenantry.traffic.received_bytes is 'Of request bodies, as they were announced';
comment on column tenantry.traffic.milliseconds is 'That all of them took together';
comment on column tenantry.traffic.durations is 'Requests that took up to 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000 ms, and longer; each counts once';
select tenantry.enroll('tenantry.traffic');

create table tenantry.tenant_health (
  tenant_id   uuid not null primary key,
  state       text not null check (state in ('healthy', 'warning', 'critical')),
  severity    smallint not null generated always as (case state when 'critical' then 2 when 'warning' then 1 else 0 end) stored,
  since       timestamptz not null default tenantry.clock(),
  codes       text[] not null,
  reasons     jsonb not null check (jsonb_typeof(reasons) = 'array'),
  activity    jsonb not null check (jsonb_typeof(activity) = 'object'),
  assessed_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.tenant_health is 'How a tenant fares, as it was assessed last; operators see state and codes of all';
comment on column tenantry.tenant_health.since is 'When it came into this state';
comment on column tenantry.tenant_health.codes is 'Of the reasons, without their figures';
select tenantry.enroll('tenantry.tenant_health', directory => array['state', 'severity', 'since', 'codes']);
create index tenant_health_worst on tenantry.tenant_health (severity, tenant_id);

create trigger plan_first_assessment after insert on tenantry.tenants
  for each row execute function tenantry.plan_first_assessment();
