-- Seals of the audit: what was written can be proved by an outsider who has an export, published checkpoints and the public key.

create table tenantry.audit_keys (
  id         text primary key check (id ~ '^[0-9a-f]{16}$'),
  public_key bytea not null check (length(public_key) = 32),
  sealed     bytea not null,
  created_at timestamptz not null default tenantry.clock()
);
comment on table tenantry.audit_keys is 'Ed25519 keys that sign seals. The newest signs; all are published for ever, for what they signed is kept';
comment on column tenantry.audit_keys.id is 'First 16 hexadecimal digits of the SHA-256 of the public key';
comment on column tenantry.audit_keys.sealed is 'The private key, sealed with the master key';
grant select, insert, update (sealed) on tenantry.audit_keys to :directory_role;

create table tenantry.audit_segments (
  number    bigint not null check (number > 0),
  total     bigint not null check (total > 0),
  hash      bytea not null check (length(hash) = 32),
  statement text not null,
  signature bytea not null check (length(signature) = 64),
  register  jsonb not null check (jsonb_typeof(register) = 'array'),
  last_xid  xid8 not null,
  last_id   uuid not null,
  sealed_at timestamptz not null default tenantry.clock(),
  primary key (number)
);
comment on table tenantry.audit_segments is 'Seals of a tenant''s audit entries, in the order of (xid, id), chained. They outlive the entries';
comment on column tenantry.audit_segments.total is 'Entries sealed up to here';
comment on column tenantry.audit_segments.hash is 'SHA-256 of the statement; the next segment''s statement names it';
comment on column tenantry.audit_segments.statement is 'What is signed, byte for byte: docs/guides/audit-verification.md';
comment on column tenantry.audit_segments.register is 'Of each entry its id, its time and the SHA-256 of its canonical bytes';
comment on column tenantry.audit_segments.last_xid is 'With last_id the place of the last entry: the next segment begins after it';
select tenantry.enroll('tenantry.audit_segments', access => 'append');

create index audit_entries_order on tenantry.audit_entries (tenant_id, xid, id);

alter table tenantry.tombstones
  add column audit jsonb,
  add column statement text,
  add column signature bytea check (length(signature) = 64);
comment on column tenantry.tombstones.audit is 'The last seal, which by its chain stands for all of them; null where nothing was sealed';
comment on column tenantry.tombstones.statement is 'What is signed: id, counts and seal. Null until a server has signed it';
create index tombstones_unsigned on tenantry.tombstones (erased_at) where statement is null;
grant update (statement, signature) on tenantry.tombstones to :directory_role;
