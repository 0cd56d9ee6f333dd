-- Operators who act as members: who, as whom, why, until when, and whether they may change anything. The tenant's own to see and to end.

create table tenantry.operator_access (
  id              uuid not null primary key,
  member_id       uuid not null,
  operator_id     uuid not null,
  operator_name   text not null check (length(operator_name) between 1 and 200),
  reason          text not null check (length(reason) between 1 and 500),
  read_only       boolean not null,
  created_at      timestamptz not null default tenantry.clock(),
  hand_off_hash   bytea check (length(hand_off_hash) = 32),
  hand_off_host   text,
  hand_off_until  timestamptz,
  opened_at       timestamptz,
  check ((hand_off_hash is null) = (hand_off_until is null) and (hand_off_hash is null) = (hand_off_host is null))
);
comment on table tenantry.operator_access is 'An operator''s time as a member; it is over when the family of the same id is';
comment on column tenantry.operator_access.id is 'Of the family of tokens that lives as long';
comment on column tenantry.operator_access.operator_name is 'As it was then: tenants read no operators';
comment on column tenantry.operator_access.hand_off_hash is 'SHA-256 of the link that opens it in a browser: single use, one minute, for that host only';
comment on column tenantry.operator_access.opened_at is 'When the link was followed';
select tenantry.enroll(
  'tenantry.operator_access',
  audit => true,
  redact => array['hand_off_hash'],
  parents => '{"id": "tenantry.refresh_families"}',
  directory => array['id', 'member_id', 'operator_id', 'operator_name', 'read_only', 'created_at']
);
create index operator_access_newest on tenantry.operator_access (tenant_id, created_at, id);
