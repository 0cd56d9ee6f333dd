-- What the last attacks on this installation tried, and whether its walls held: for operators to see.

create table tenantry.attack_reports (
  id       uuid not null default gen_random_uuid() primary key,
  at       timestamptz not null default tenantry.clock(),
  verdict  text not null check (verdict in ('held', 'untested', 'leaking')),
  whole    boolean not null,
  report   jsonb not null check (jsonb_typeof(report) = 'object')
);
comment on table tenantry.attack_reports is 'Reports of tenantry attack, the last twenty: routes and counts, and of synthetic tenants alone';
comment on column tenantry.attack_reports.at is 'When it ended';
comment on column tenantry.attack_reports.whole is 'Every route was attacked, and not some that somebody named';
grant select, insert, delete on tenantry.attack_reports to :directory_role;
create index attack_reports_newest on tenantry.attack_reports (at desc, id);
