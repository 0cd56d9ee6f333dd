-- Operators who sign in as persons; keys stay, for machines.

alter table tenantry.operators add column user_id uuid unique;
comment on column tenantry.operators.user_id is 'The person in the operators'' realm; null until an invitation was accepted';
grant update (user_id) on tenantry.operators to :directory_role;

create table tenantry.operator_invitations (
  id          uuid primary key default tenantry.uuid7(),
  operator_id uuid not null references tenantry.operators on delete cascade,
  hash        bytea not null unique check (length(hash) = 32),
  created_at  timestamptz not null default tenantry.clock(),
  expires_at  timestamptz not null,
  used_at     timestamptz
);
comment on table tenantry.operator_invitations is 'One-time links by which an operator sets his password';
comment on column tenantry.operator_invitations.hash is 'SHA-256 of the token in the link';
create index operator_invitations_operator on tenantry.operator_invitations (operator_id);
grant select, insert, update (used_at), delete on tenantry.operator_invitations to :directory_role;
