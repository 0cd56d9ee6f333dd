-- Domains of tenants' own: claimed here, proved by DNS, and only then a host under which the tenant is served.

create table tenantry.domains (
  id          uuid not null default tenantry.uuid7() primary key,
  host        text not null check (host = lower(host) and host ~ '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$'),
  proof       text not null check (length(proof) between 20 and 100),
  state       text not null default 'waiting' check (state in ('waiting', 'served', 'lost')),
  finding     text check (finding in ('proof_missing', 'points_elsewhere', 'dns_failed', 'served_elsewhere', 'resting')),
  failures    integer not null default 0,
  checked_at  timestamptz,
  served_at   timestamptz,
  version     integer not null default 1,
  created_at  timestamptz not null default tenantry.clock()
);
comment on table tenantry.domains is 'Domains that a tenant claims; those that DNS proves have a row in tenantry.hosts with the same id';
comment on column tenantry.domains.proof is 'The TXT record that whoever rules the domain puts there; random, and this tenant''s alone';
comment on column tenantry.domains.state is 'lost: it was served, and its DNS points here no more';
comment on column tenantry.domains.finding is 'What the last look found to be wrong; null for nothing';
comment on column tenantry.domains.failures is 'Looks in a row that found it not to be ours';
select tenantry.enroll('tenantry.domains', audit => true);
create unique index domains_host on tenantry.domains (tenant_id, host);

-- A name that was served rests before another tenant may have it: bookmarks, mails and saved passwords still lead there.
create table tenantry.host_quarantine (
  host       text not null primary key,
  tenant_id  uuid not null,
  until      timestamptz not null
);
comment on table tenantry.host_quarantine is 'Hosts given up a while ago; the tenant that had one may take it again at once';
create trigger hosts_quarantined before insert on tenantry.hosts
  for each row execute function tenantry.refuse_quarantined_host();
create trigger hosts_quarantine after delete on tenantry.hosts
  for each row execute function tenantry.quarantine_host();
