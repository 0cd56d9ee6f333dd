-- People in tenants: who is a member with which role, who is invited, and what their credentials are known by.
-- Who they are (addresses, passwords, second factors, sessions) is the schema `identity`, which this release's next migration makes.

create table tenantry.custom_roles (
  id          uuid not null default tenantry.uuid7() primary key,
  name        text not null check (length(name) between 1 and 100),
  description text not null default '' check (length(description) <= 500),
  permissions text[] not null,
  version     integer not null default 1,
  created_at  timestamptz not null default tenantry.clock(),
  updated_at  timestamptz not null default tenantry.clock(),
  unique (name)
);
comment on table tenantry.custom_roles is 'A tenant''s own roles: sets of permissions, held by members beside the built-in role "viewer"';
select tenantry.enroll('tenantry.custom_roles', audit => true, directory => array['id', 'name', 'permissions']);

create table tenantry.members (
  id             uuid not null default tenantry.uuid7() primary key,
  user_id        uuid not null,
  email          text not null check (length(email) between 3 and 254),
  name           text not null check (length(name) between 1 and 200),
  role           text not null default 'viewer' check (role in ('owner', 'admin', 'manager', 'user', 'viewer')),
  custom_role_id uuid,
  reach          text not null default 'all' check (reach in ('all', 'granted')),
  preferred_at   timestamptz,
  invited_by     uuid,
  joined_at      timestamptz not null default tenantry.clock(),
  last_active_at timestamptz,
  version        integer not null default 1,
  unique (user_id),
  check (custom_role_id is null or role = 'viewer')
);
comment on table tenantry.members is 'Who belongs to the tenant, and as what. The id is the actor of what they do and of their grants';
comment on column tenantry.members.user_id is 'The person in identity.user of the tenant''s realm; one membership per tenant';
comment on column tenantry.members.email is 'Copied from the person, for the tenant''s own pages';
comment on column tenantry.members.custom_role_id is 'Its permissions are then the only ones';
comment on column tenantry.members.reach is 'granted: only objects in tenantry.grants of this member''s id';
comment on column tenantry.members.preferred_at is 'The membership preferred last serves at sign-in; with none, the oldest';
comment on column tenantry.members.last_active_at is 'While active, at most an hour and a minute old: written in batches';
select tenantry.enroll(
  'tenantry.members',
  counts => 'users',
  audit => true,
  parents => '{"custom_role_id": {"table": "tenantry.custom_roles", "on_delete": "restrict"}}',
  directory => array['id', 'user_id', 'email', 'name', 'role', 'custom_role_id', 'reach', 'preferred_at', 'joined_at']
);
create index members_user on tenantry.members (user_id);
create index members_joined on tenantry.members (tenant_id, joined_at, id);
create index members_email on tenantry.members (tenant_id, email, id);

create table tenantry.invitations (
  id              uuid not null default tenantry.uuid7() primary key,
  public_id       text not null check (public_id ~ '^[0-9A-Za-z]{8,32}$'),
  hash            bytea not null check (length(hash) = 32),
  email           text not null check (length(email) between 3 and 254),
  role            text not null default 'viewer' check (role in ('owner', 'admin', 'manager', 'user', 'viewer')),
  custom_role_id  uuid,
  reach           text not null default 'all' check (reach in ('all', 'granted')),
  granted         uuid[] not null default '{}',
  invited_by      uuid not null,
  invited_by_name text not null,
  sent_at         timestamptz not null default tenantry.clock(),
  times_sent      integer not null default 1,
  expires_at      timestamptz not null,
  accepted_at     timestamptz,
  accepted_by     uuid,
  revoked_at      timestamptz,
  version         integer not null default 1,
  created_at      timestamptz not null default tenantry.clock(),
  check (custom_role_id is null or role = 'viewer')
);
comment on table tenantry.invitations is 'Single use, bound to one address. Sending it again makes a new token and the old one is none';
comment on column tenantry.invitations.public_id is 'The part of the token that finds it';
comment on column tenantry.invitations.hash is 'SHA-256 of the whole token';
comment on column tenantry.invitations.granted is 'Objects that the new member is granted';
comment on column tenantry.invitations.invited_by is 'Member, key or operator; what he may not give any more at acceptance is not given';
comment on column tenantry.invitations.accepted_by is 'The member';
select tenantry.enroll(
  'tenantry.invitations',
  audit => true,
  redact => array['hash'],
  parents => '{"custom_role_id": {"table": "tenantry.custom_roles", "on_delete": "restrict"}}',
  directory => array['id', 'public_id']
);
create unique index invitations_public_id on tenantry.invitations (public_id);  -- random, and says nothing
create unique index invitations_open on tenantry.invitations (tenant_id, email) where accepted_at is null and revoked_at is null;
create index invitations_created on tenantry.invitations (tenant_id, created_at, id);

create table tenantry.refresh_families (
  id           uuid not null default tenantry.uuid7() primary key,
  public_id    text not null check (public_id ~ '^[0-9A-Za-z]{8,32}$'),
  user_id      uuid not null,
  generation   integer not null default 1,
  rotated_at   timestamptz not null default tenantry.clock(),
  methods      text[] not null default '{}',
  created_at   timestamptz not null default tenantry.clock(),
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  ended_because text check (ended_because in ('signed_out', 'replayed', 'removed', 'password_changed')),
  address      text,
  user_agent   text,
  check ((ended_at is null) = (ended_because is null))
);
comment on table tenantry.refresh_families is 'A program''s sign-in: each refresh is the next generation, and one that comes again ends the family';
comment on column tenantry.refresh_families.public_id is 'The part of the refresh token that finds it; the rest is a code of id and generation, and is stored nowhere';
comment on column tenantry.refresh_families.methods is 'How the person signed in: password, totp, passkey';
select tenantry.enroll(
  'tenantry.refresh_families',
  audit => true,
  directory => array['id', 'public_id', 'user_id', 'expires_at', 'ended_at']
);
create unique index refresh_families_public_id on tenantry.refresh_families (public_id);  -- random, and says nothing
create index refresh_families_id on tenantry.refresh_families (id);  -- a token names its family, before the tenant is believed
create index refresh_families_user on tenantry.refresh_families (tenant_id, user_id, id);

create table tenantry.hand_offs (
  id         uuid not null default tenantry.uuid7() primary key,
  hash       bytea not null check (length(hash) = 32),
  user_id    uuid not null,
  host       text not null,
  methods    text[] not null default '{}',
  expires_at timestamptz not null,
  used_at    timestamptz,
  created_at timestamptz not null default tenantry.clock(),
  unique (hash)
);
comment on table tenantry.hand_offs is 'A signed-in person''s way to this tenant''s host: single use, one minute, for that host only';
comment on column tenantry.hand_offs.hash is 'SHA-256 of the token';
select tenantry.enroll('tenantry.hand_offs', audit => true, redact => array['hash']);
create index hand_offs_expires on tenantry.hand_offs (tenant_id, expires_at);

create table tenantry.mails (
  id         uuid not null default tenantry.uuid7() primary key,
  sealed     bytea not null,
  created_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.mails is 'Mails that wait for their job and hold a link that only their reader may know; gone when they are sent';
select tenantry.enroll('tenantry.mails');

-- Tokens and what precedes a tenant belong to the installation.

create table tenantry.signing_keys (
  id         text primary key,
  public_key jsonb not null,
  sealed     bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  retired_at timestamptz
);
comment on table tenantry.signing_keys is 'Ed25519 keys of access tokens. The newest signs; a retired one is published until its last token is over';
comment on column tenantry.signing_keys.public_key is 'JWK';
comment on column tenantry.signing_keys.sealed is 'The private key, sealed with the master key';
grant select, insert, update (retired_at), delete on tenantry.signing_keys to :directory_role;

create table tenantry.sign_ups (
  id          uuid primary key default tenantry.uuid7(),
  hash        bytea not null unique check (length(hash) = 32),
  email       text not null,
  system      text not null,
  tier        text not null,
  slug        text not null,
  tenant_name text not null,
  created_at  timestamptz not null default tenantry.clock(),
  expires_at  timestamptz not null,
  used_at     timestamptz
);
comment on table tenantry.sign_ups is 'Asked for and not yet confirmed by mail; no tenant is made before';
comment on column tenantry.sign_ups.hash is 'SHA-256 of the token in the mail';
create index sign_ups_expires on tenantry.sign_ups (expires_at);
grant select, insert, update (used_at), delete on tenantry.sign_ups to :directory_role;
