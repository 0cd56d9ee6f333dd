-- Answers kept for operators, and how far each subscriber has been told of a tenant's events.

create table tenantry.operator_idempotency (
  operator_id uuid not null references tenantry.operators on delete cascade,
  route       text not null,
  key_hash    bytea not null check (length(key_hash) = 32),
  body_hash   bytea not null check (length(body_hash) = 32),
  status      integer,
  response    bytea,
  created_at  timestamptz not null default tenantry.clock(),
  primary key (operator_id, route, key_hash),
  check ((status is null) = (response is null))
);
comment on table tenantry.operator_idempotency is 'Answers to operators'' requests outside tenants, kept for 24 hours so that a repetition has no effect';
comment on column tenantry.operator_idempotency.key_hash is 'SHA-256 of the Idempotency-Key, which alone opens the answer';
comment on column tenantry.operator_idempotency.status is 'Null while the first request is at work';
comment on column tenantry.operator_idempotency.response is 'Sealed with a key derived from the Idempotency-Key';
create index operator_idempotency_created on tenantry.operator_idempotency (created_at);
grant select, insert, update (body_hash, status, response, created_at), delete on tenantry.operator_idempotency to :directory_role;

create table tenantry.event_positions (
  subscriber text not null check (length(subscriber) between 1 and 100),
  xid        xid8 not null,
  event_id   uuid not null,
  failures   integer not null default 0,
  retry_at   timestamptz,
  error      text,
  primary key (subscriber)
);
comment on table tenantry.event_positions is 'How far each subscriber has been told of the tenant''s events';
comment on column tenantry.event_positions.xid is 'With event_id the last event it was told: everything up to it, in the order of (xid, id)';
comment on column tenantry.event_positions.failures is 'Of the event after it, in a row';
comment on column tenantry.event_positions.retry_at is 'Not told again before; null when it is in order';
comment on column tenantry.event_positions.error is 'Code of the last failure';
select tenantry.enroll('tenantry.event_positions');
