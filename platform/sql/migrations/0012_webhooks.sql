-- Webhooks: where a tenant wants to be told what happens in it, and what was told.

create table tenantry.webhook_endpoints (
  id                     uuid not null default tenantry.uuid7() primary key,
  url                    text not null check (url ~ '^https?://' and length(url) <= 2000),
  description            text not null default '' check (length(description) <= 500),
  event_types            text[] not null check (cardinality(event_types) between 1 and 50),
  state                  text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  disabled_because       text check (disabled_because in ('failing', 'gone')),
  secret                 bytea not null,
  secret_fingerprint     text not null,
  secret_set_at          timestamptz not null default tenantry.clock(),
  previous_secret        bytea,
  previous_secret_until  timestamptz,
  version                integer not null default 1,
  created_at             timestamptz not null default tenantry.clock(),
  updated_at             timestamptz not null default tenantry.clock(),
  check ((state = 'disabled') = (disabled_because is not null)),
  check ((previous_secret is null) = (previous_secret_until is null))
);
comment on table tenantry.webhook_endpoints is 'Addresses that are told of a tenant''s events';
comment on column tenantry.webhook_endpoints.event_types is 'Exact types, prefixes that end in .*, or *';
comment on column tenantry.webhook_endpoints.disabled_because is 'failing: nothing was taken for three days; gone: it answered 410';
comment on column tenantry.webhook_endpoints.secret is 'Sealed with the tenant''s key';
comment on column tenantry.webhook_endpoints.previous_secret is 'Signs beside the new one until then';
select tenantry.enroll('tenantry.webhook_endpoints', audit => true, redact => array['secret', 'previous_secret']);
create index webhook_endpoints_created on tenantry.webhook_endpoints (tenant_id, created_at, id);

create table tenantry.webhook_health (
  endpoint_id     uuid not null primary key,
  failures        integer not null default 0,
  failing_since   timestamptz,
  retry_at        timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_code       text
);
comment on table tenantry.webhook_health is 'How an endpoint fares; apart from it, because this is no configuration and not audited';
comment on column tenantry.webhook_health.failures is 'In a row, of whatever delivery';
comment on column tenantry.webhook_health.retry_at is 'It is left alone until then';
select tenantry.enroll('tenantry.webhook_health', parents => '{"endpoint_id": "tenantry.webhook_endpoints"}');

create table tenantry.webhook_deliveries (
  event_at     timestamptz not null,
  endpoint_id  uuid not null,
  event_id     uuid not null,
  type         text not null,
  body         text not null,
  state        text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts     integer not null default 0,
  begun_at     timestamptz not null default tenantry.clock(),
  next_at      timestamptz not null default tenantry.clock(),
  last_at      timestamptz,
  last_code    text,
  last_status  integer,
  last_millis  integer,
  primary key (event_at, endpoint_id, event_id)
) partition by range (event_at);
comment on table tenantry.webhook_deliveries is 'One event for one endpoint: what is sent, and how it went';
comment on column tenantry.webhook_deliveries.event_at is 'Of the event, so that telling the same one twice makes one delivery';
comment on column tenantry.webhook_deliveries.begun_at is 'Made, or replayed: attempts go on for three days from here';
comment on column tenantry.webhook_deliveries.last_code is 'delivered, status_<number>, or why nothing usable came back';
select tenantry.enroll('tenantry.webhook_deliveries', parents => '{"endpoint_id": "tenantry.webhook_endpoints"}');
create index webhook_deliveries_due on tenantry.webhook_deliveries (tenant_id, endpoint_id, next_at) where state = 'waiting';
create index webhook_deliveries_log on tenantry.webhook_deliveries (tenant_id, endpoint_id, event_at, event_id);

select tenantry.make_partitions(interval '3 months');
