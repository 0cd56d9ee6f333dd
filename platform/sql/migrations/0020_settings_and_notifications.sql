-- What a tenant has set for itself, and what its people are told.

create table tenantry.settings (
  id              uuid not null default tenantry.uuid7() primary key,
  key             text not null check (key ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)+$' and length(key) <= 100),
  value           jsonb,
  secret          bytea,
  fingerprint     text,
  version         integer not null default 1,
  changed_at      timestamptz not null default tenantry.clock(),
  changed_by      uuid,
  changed_by_kind text not null default tenantry.actor_kind() check (changed_by_kind in ('member', 'key', 'operator', 'system')),
  unique (key),
  check (value is null or secret is null),
  check ((secret is null) = (fingerprint is null))
);
comment on table tenantry.settings is 'Settings that a tenant has changed at least once; which there are is declared in code';
comment on column tenantry.settings.value is 'Null, and no secret: the default holds again. The row stays, so that its versions go on and its history is one';
comment on column tenantry.settings.secret is 'Sealed with the tenant''s key';
comment on column tenantry.settings.fingerprint is 'Of the secret, for people to tell whether it is the one they mean';
select tenantry.enroll('tenantry.settings', audit => true, redact => array['secret']);

create table tenantry.smtp_health (
  single        boolean not null default true check (single) primary key,  -- one row in each tenant
  failing_since timestamptz not null default tenantry.clock(),
  retry_at      timestamptz not null,
  last_code     text not null
);
comment on table tenantry.smtp_health is 'A tenant''s own mail server while it fails; mail goes by the platform''s meanwhile';
comment on column tenantry.smtp_health.retry_at is 'It is left alone until then';
select tenantry.enroll('tenantry.smtp_health');

create table tenantry.notifications (
  id         uuid not null default tenantry.uuid7() primary key,
  xid        xid8 not null default pg_current_xact_id(),
  event_id   uuid not null,
  member_id  uuid not null,
  kind       text not null check (length(kind) between 1 and 60),
  type       text not null,
  object_id  uuid not null,
  data       jsonb not null,
  event_at   timestamptz not null,
  in_console boolean not null,
  read_at    timestamptz,
  created_at timestamptz not null default tenantry.clock(),
  unique (event_id, member_id)
);
comment on table tenantry.notifications is 'One per event and person, so that an event that is told twice notifies once';
comment on column tenantry.notifications.xid is 'With id the order in which live streams tell them: ids are older than the commits that show them';
comment on column tenantry.notifications.in_console is 'False for one that its person wants by mail alone: kept, so that it is sent once';
select tenantry.enroll('tenantry.notifications', parents => '{"member_id": "tenantry.members"}');
create index notifications_of_member on tenantry.notifications (tenant_id, member_id, id) where in_console;
create index notifications_unread on tenantry.notifications (tenant_id, member_id) where in_console and read_at is null;
create index notifications_told on tenantry.notifications (tenant_id, xid, id);
create index notifications_created on tenantry.notifications (tenant_id, created_at);

create table tenantry.notification_preferences (
  member_id  uuid not null,
  kind       text not null check (length(kind) between 1 and 60),
  console    boolean not null,
  mail       boolean not null,
  primary key (member_id, kind)
);
comment on table tenantry.notification_preferences is 'How a person wants to be told of a kind of thing, where not as usual';
select tenantry.enroll('tenantry.notification_preferences', parents => '{"member_id": "tenantry.members"}');

create table tenantry.key_networks (
  key_id        uuid not null,
  network       text not null check (length(network) between 2 and 60),
  first_used_at timestamptz not null default tenantry.clock(),
  primary key (key_id, network)
);
comment on table tenantry.key_networks is 'Networks from which a key was used; another one than those is suspicious';
select tenantry.enroll('tenantry.key_networks', parents => '{"key_id": "tenantry.api_keys"}');

create table tenantry.trial_notices (
  subscription_id uuid not null,
  trial_ends_at   timestamptz not null,
  days            integer not null check (days > 0),
  primary key (subscription_id, trial_ends_at, days)
);
comment on table tenantry.trial_notices is 'That a trial ends so soon was told; a trial that is given more time is told of again';
select tenantry.enroll('tenantry.trial_notices', parents => '{"subscription_id": "tenantry.subscriptions"}', access => 'append');
grant update (sealed) on tenantry.signing_keys to :directory_role;  -- a new master key seals them anew
