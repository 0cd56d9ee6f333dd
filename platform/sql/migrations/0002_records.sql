-- What enrolment itself writes into: limits and counters, the audit trail, the outbox, the words for search.

create table tenantry.limits (
  name text not null check (name ~ '^[a-z][a-z0-9_.]{0,62}$'),
  max  bigint check (max >= 0),
  mode text not null default 'hard' check (mode in ('hard', 'soft')),
  primary key (name)
);
comment on table tenantry.limits is 'How much a tenant may have of what is counted or metered: its tier''s figures, or its own';
comment on column tenantry.limits.max is 'Null is unlimited';
comment on column tenantry.limits.mode is 'hard refuses above max; soft lets it pass and tells';
select tenantry.enroll('tenantry.limits', directory => array['name', 'max', 'mode']);

create table tenantry.counters (
  name text not null check (name ~ '^[a-z][a-z0-9_.]{0,62}$'),
  used bigint not null default 0 check (used >= 0),
  primary key (name)
);
comment on table tenantry.counters is 'How much a tenant has of what is counted. Kept by the triggers of enrolment, in the statement that counts';
select tenantry.enroll('tenantry.counters', access => 'read');

create table tenantry.audit_entries (
  id           uuid not null default tenantry.uuid7(),
  xid          xid8 not null default pg_current_xact_id(),
  at           timestamptz not null default clock_timestamp(),
  actor_kind   text not null,
  actor_id     uuid,
  impersonator uuid,
  action       text not null,
  object_type  text not null,
  object_id    uuid,
  before       jsonb,
  after        jsonb,
  request_id   text,
  address      text,
  user_agent   text,
  primary key (at, id)
) partition by range (at);
comment on table tenantry.audit_entries is 'Who changed what. Written by triggers and definer functions; nobody updates or deletes an entry';
comment on column tenantry.audit_entries.action is 'bms.buildings.created';
comment on column tenantry.audit_entries.impersonator is 'The operator who acted as the actor';
comment on column tenantry.audit_entries.before is 'Of an update only the columns that changed; redacted ones say so';
select tenantry.enroll('tenantry.audit_entries', access => 'read');
create index audit_entries_object on tenantry.audit_entries (tenant_id, object_id, at);
create index audit_entries_actor on tenantry.audit_entries (tenant_id, actor_id, at);
create index audit_entries_action on tenantry.audit_entries (tenant_id, action, at);

create table tenantry.access_log (
  id           uuid not null default tenantry.uuid7(),
  at           timestamptz not null default clock_timestamp(),
  actor_kind   text not null,
  actor_id     uuid,
  impersonator uuid,
  action       text not null,
  object_id    uuid,
  request_id   text,
  address      text,
  user_agent   text,
  primary key (at, id)
) partition by range (at);
comment on table tenantry.access_log is 'Who read what, of the reads that are logged; rides in the same write as the read';
comment on column tenantry.access_log.action is 'building.read';
select tenantry.enroll('tenantry.access_log', access => 'read');
create index access_log_object on tenantry.access_log (tenant_id, object_id, at);
create index access_log_actor on tenantry.access_log (tenant_id, actor_id, at);

create table tenantry.events (
  id        uuid not null default tenantry.uuid7(),
  xid       xid8 not null default pg_current_xact_id(),
  type      text not null check (type ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
  object_id uuid not null,
  version   bigint not null,
  data      jsonb not null default '{}' check (jsonb_typeof(data) = 'object'),
  at        timestamptz not null default clock_timestamp(),
  primary key (at, id)
) partition by range (at);
comment on table tenantry.events is 'The outbox: written in the transaction that made it happen, told afterwards, at least once';
comment on column tenantry.events.xid is 'Told in the order of (xid, id), below the snapshot''s xmin: order of insertion is not order of commit';
comment on column tenantry.events.version is 'Grows with each event of the object';
select tenantry.enroll('tenantry.events', access => 'read');
create index events_order on tenantry.events (tenant_id, xid, id);
create index events_object on tenantry.events (tenant_id, object_id, version);

select tenantry.make_partitions(interval '3 months');
