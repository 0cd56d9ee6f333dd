-- Persons: who they are and how they prove it. Where they belong is tenantry.members.
-- The schema is the identity role's alone. Every table carries its realm and one forced policy, `realm_isolation`;
-- the role sets `tenantry.realm` with each statement. In another realm the same address is another person.

create schema identity;
grant usage on schema identity to :identity_role, :directory_role;
grant usage on schema tenantry to :identity_role;

-- Named as the engine has them, in snake_case: "user", account, session and verification are its tables.

create table identity."user" (
  id                 uuid not null default tenantry.uuid7(),
  realm_id           uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid references tenantry.realms,
  email              text not null check (length(email) between 3 and 254 and email = lower(email)),
  email_verified     boolean not null default false,
  name               text not null check (length(name) between 1 and 200),
  image              text,
  two_factor_enabled boolean not null default false,
  created_at         timestamptz not null default tenantry.clock(),
  updated_at         timestamptz not null default tenantry.clock(),
  primary key (realm_id, id),
  unique (realm_id, email)
);
comment on table identity."user" is 'One row per person and realm';

create table identity.account (
  id                       uuid not null default tenantry.uuid7(),
  realm_id                 uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid,
  user_id                  uuid not null,
  provider_id              text not null,
  account_id               text not null,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  created_at               timestamptz not null default tenantry.clock(),
  updated_at               timestamptz not null default tenantry.clock(),
  primary key (realm_id, id),
  unique (realm_id, provider_id, account_id),
  foreign key (realm_id, user_id) references identity."user" on delete cascade
);
comment on table identity.account is 'How a person signs in: provider "credential" has the password, others are named by their provider';
comment on column identity.account.password is 'argon2id';
create index account_user on identity.account (realm_id, user_id);

create table identity.session (
  id         uuid not null default tenantry.uuid7(),
  realm_id   uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid,
  user_id    uuid not null,
  token      text not null,
  tenant_id  uuid,
  host       text not null,
  methods    text[] not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock(),
  expires_at timestamptz not null,
  primary key (realm_id, id),
  unique (realm_id, token),
  foreign key (realm_id, user_id) references identity."user" on delete cascade
);
comment on table identity.session is 'Browsers that are signed in';
comment on column identity.session.token is 'SHA-256 of what the cookie holds, in base64url';
comment on column identity.session.tenant_id is 'The tenant of the host it was made on; null on the bare domain';
comment on column identity.session.host is 'Good on this host and no other';
comment on column identity.session.methods is 'How the person signed in: password, totp, backup_code, passkey';
create index session_id on identity.session (id);  -- a token names its session, before the realm is believed
create index session_of_user on identity.session (realm_id, user_id, id);
create index session_expires on identity.session (realm_id, expires_at);

create table identity.verification (
  id         text not null default tenantry.uuid7()::text,
  realm_id   uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid,
  identifier text not null,
  value      text not null,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock(),
  expires_at timestamptz not null,
  primary key (realm_id, id)
);
comment on table identity.verification is 'The engine''s own single-use values';
create index verification_identifier on identity.verification (realm_id, identifier);

create table identity.two_factor (
  realm_id     uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid,
  user_id      uuid not null,
  secret       bytea not null,
  verified     boolean not null default false,
  last_step    bigint not null default 0,
  backup_codes bytea[] not null default '{}',
  created_at   timestamptz not null default tenantry.clock(),
  primary key (realm_id, user_id),
  foreign key (realm_id, user_id) references identity."user" on delete cascade
);
comment on table identity.two_factor is 'Codes by the clock (TOTP)';
comment on column identity.two_factor.secret is 'Sealed with the master key';
comment on column identity.two_factor.verified is 'Asked for at sign-in only once a first code has shown that the app has the secret';
comment on column identity.two_factor.last_step is 'Half minute of the last code that was taken: a code works once';
comment on column identity.two_factor.backup_codes is 'Keyed hashes; each goes with its use';

create table identity.passkey (
  id            uuid not null default tenantry.uuid7(),
  realm_id      uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid,
  user_id       uuid not null,
  name          text not null check (length(name) between 1 and 100),
  host          text not null,
  credential_id text not null,
  public_key    bytea not null,
  counter       bigint not null,
  transports    text[] not null default '{}',
  device_type   text not null,
  backed_up     boolean not null,
  aaguid        text,
  created_at    timestamptz not null default tenantry.clock(),
  last_used_at  timestamptz,
  primary key (realm_id, id),
  unique (realm_id, credential_id),
  foreign key (realm_id, user_id) references identity."user" on delete cascade
);
comment on column identity.passkey.host is 'What the authenticator bound it to';
create index passkey_user on identity.passkey (realm_id, user_id, id);

create table identity.proofs (
  realm_id   uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid references tenantry.realms,
  hash       bytea not null check (length(hash) = 32),
  kind       text not null check (kind in ('reset', 'verify', 'second_factor', 'passkey')),
  user_id    uuid,
  host       text not null,
  detail     jsonb not null default '{}',
  tries      integer not null default 0,
  created_at timestamptz not null default tenantry.clock(),
  expires_at timestamptz not null,
  primary key (realm_id, hash),
  foreign key (realm_id, user_id) references identity."user" on delete cascade
);
comment on table identity.proofs is 'What is asked for once and answered once: links in mails, second steps of a sign-in, challenges of passkeys. Gone when used';
comment on column identity.proofs.hash is 'SHA-256 of the token';
comment on column identity.proofs.host is 'Good on this host and no other';
create index proofs_user on identity.proofs (realm_id, user_id);
create index proofs_expires on identity.proofs (realm_id, expires_at);

create table identity.attempts (
  realm_id uuid not null default nullif(current_setting('tenantry.realm', true), '')::uuid references tenantry.realms,
  subject  bytea not null check (length(subject) = 32),
  count    integer not null,
  since    timestamptz not null,
  primary key (realm_id, subject)
);
comment on table identity.attempts is 'Failed sign-ins and requested mails, counted for all nodes';
comment on column identity.attempts.subject is 'SHA-256 of what is counted: an address of the network, alone or with an account';
create index attempts_since on identity.attempts (realm_id, since);

do $$
declare
  _tenantry_table regclass;
begin
  for _tenantry_table in select c.oid from pg_class c where c.relnamespace = 'identity'::regnamespace and c.relkind = 'r' loop
    execute format('alter table %s enable row level security, force row level security', _tenantry_table);
    execute format($policy$create policy realm_isolation on %s
      using (realm_id = (select nullif(current_setting('tenantry.realm', true), '')::uuid))
      with check (realm_id = (select nullif(current_setting('tenantry.realm', true), '')::uuid))$policy$, _tenantry_table);
    execute format('grant select, insert, update, delete on %s to :identity_role', _tenantry_table);
  end loop;
end
$$;

-- Which sessions live, for tokens that were minted from them.
create policy directory_reads on identity.session for select to :directory_role using (true);
grant select (id, realm_id, user_id, tenant_id, methods, expires_at) on identity.session to :directory_role;

-- A new session needs no stamp: nobody can have asked for its id before.
create trigger stamp_change after delete or update of user_id, tenant_id, methods, expires_at on identity.session
  for each row execute function tenantry.stamp_session_change();
