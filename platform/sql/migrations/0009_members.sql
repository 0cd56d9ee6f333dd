-- What members need beyond their tables: words to be found by, an owner who stays, and who invited.

select tenantry.enroll(
  'tenantry.members',
  counts => 'users',
  audit => true,
  search => array['name', 'email'],
  parents => '{"custom_role_id": {"table": "tenantry.custom_roles", "on_delete": "restrict"}}',
  directory => array['id', 'user_id', 'email', 'name', 'role', 'custom_role_id', 'reach', 'preferred_at', 'joined_at']
);
create trigger keep_an_owner_on_change after update of role on tenantry.members
  for each row when (old.role = 'owner' and new.role <> 'owner') execute function tenantry.keep_an_owner();
create trigger keep_an_owner_on_delete after delete on tenantry.members
  for each row when (old.role = 'owner') execute function tenantry.keep_an_owner();

alter table tenantry.members add constraint members_granted_reach check (role <> 'owner' or reach = 'all');
comment on constraint members_granted_reach on tenantry.members is 'An owner reaches everything: somebody must';

alter table tenantry.invitations
  add column invited_by_kind text not null check (invited_by_kind in ('member', 'key', 'operator', 'system')),
  add column sent_today integer not null default 1,
  add column today timestamptz not null default tenantry.clock();
comment on column tenantry.invitations.today is 'Beginning of the day in which sent_today mails were sent';
comment on column tenantry.invitations.invited_by_kind is 'Member and key are asked again at acceptance what they may give';
create index invitations_sent on tenantry.invitations (tenant_id, sent_at);
create index api_keys_creator on tenantry.api_keys (tenant_id, created_by) where revoked_at is null;
