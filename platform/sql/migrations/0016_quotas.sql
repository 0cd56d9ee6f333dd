-- Quotas: what is metered per period, holds and verdicts, blocks leased to nodes, thresholds, growth by rule.

create table tenantry.period_rules (
  since     timestamptz not null,
  anchor    timestamp not null,
  time_zone text not null,
  primary key (since)
);
comment on table tenantry.period_rules is 'Where the tenant''s periods begin, and since when: a change takes effect at the next boundary. No row: the first of the month in the tenant''s zone';
comment on column tenantry.period_rules.since is '-infinity for the one that held from the first';
comment on column tenantry.period_rules.anchor is 'In local time; every start of a period is reckoned from it';
select tenantry.enroll('tenantry.period_rules', access => 'read', audit => true);

create trigger change_period_zone after update of time_zone on tenantry.tenants
  for each row when (old.time_zone is distinct from new.time_zone)
  execute function tenantry.change_period_zone();

create table tenantry.quota_counters (
  meter        text not null,
  period_start timestamptz not null,
  period_end   timestamptz not null,
  used         bigint not null default 0 check (used between 0 and 9007199254740991),
  reserved     bigint not null default 0 check (reserved between 0 and 9007199254740991),
  primary key (meter, period_start),
  check (period_start < period_end)
);
comment on table tenantry.quota_counters is 'How much of a meter is used in a period. A reset is a new row; no job resets anything';
comment on column tenantry.quota_counters.period_start is '-infinity for a meter that has no period';
comment on column tenantry.quota_counters.reserved is 'Of holds, also those that expired since the last admission; whoever decides or tells takes these off';
select tenantry.enroll('tenantry.quota_counters', access => 'read');

-- Bytes compare several times faster than words do, and nobody sorts by these; the key first, because it tells rows apart.
create table tenantry.quota_reservations (
  meter        text collate "C" not null,
  key          text collate "C" not null check (length(key) between 1 and 255),
  period_start timestamptz not null,
  state        text not null check (state in ('held', 'lapsed', 'committed', 'released')),
  asked        bigint not null check (asked > 0),
  quantity     bigint not null check (quantity >= 0),
  late         boolean not null default false,
  expires_at   timestamptz,
  at           timestamptz not null default tenantry.clock(),
  primary key (key, meter)
);
comment on table tenantry.quota_reservations is 'What was admitted under a key, for 72 hours: the same key again is the same verdict';
comment on column tenantry.quota_reservations.state is 'lapsed: expired before it was settled, and no longer counted; a commit still charges it';
comment on column tenantry.quota_reservations.quantity is 'What is held or was charged; less than asked where the client took what was left';
comment on column tenantry.quota_reservations.late is 'Committed after it had expired';
comment on column tenantry.quota_reservations.expires_at is 'Null for what was consumed at once';
select tenantry.enroll('tenantry.quota_reservations', access => 'read');
create index quota_reservations_held on tenantry.quota_reservations (tenant_id, meter, period_start, expires_at) where state = 'held';
-- Rows lie in the order of time: as good as a tree for pruning, and free for admission.
create index quota_reservations_age on tenantry.quota_reservations using brin (at);

create table tenantry.quota_leases (
  id           uuid not null default tenantry.uuid7() primary key,
  meter        text not null,
  period_start timestamptz not null,
  granted      bigint not null check (granted > 0),
  expires_at   timestamptz not null
);
comment on table tenantry.quota_leases is 'Blocks of a meter that nodes give out by themselves. Used from when they are granted; only a live lease gives back';
select tenantry.enroll('tenantry.quota_leases', access => 'read');

create table tenantry.quota_thresholds (
  meter         text not null,
  period_start  timestamptz not null,
  limit_version bigint not null,
  threshold     smallint not null check (threshold in (80, 95, 100, 101)),
  used          bigint not null,
  max           bigint not null,
  reached_at    timestamptz not null default tenantry.clock(),
  told_at       timestamptz,
  primary key (meter, period_start, limit_version, threshold)
);
comment on table tenantry.quota_thresholds is 'Shares of a limit that were reached, each once per period and version of the limit; written by the statement that reached them';
comment on column tenantry.quota_thresholds.threshold is 'In percent; 101: more than the limit, where its mode lets that pass';
comment on column tenantry.quota_thresholds.told_at is 'When its event was emitted; null until then';
select tenantry.enroll('tenantry.quota_thresholds', access => 'read');

create table tenantry.quota_growth (
  name    text not null,
  step    bigint not null check (step > 0),
  ceiling bigint not null check (ceiling >= 0),
  primary key (name)
);
comment on table tenantry.quota_growth is 'Limits that grow by themselves when they do not suffice: by whole steps, up to the ceiling';
select tenantry.enroll('tenantry.quota_growth', audit => true);

create table tenantry.counter_checks (
  name       text not null,
  expected   bigint not null,
  found      bigint not null,
  checked_at timestamptz not null default tenantry.clock(),
  primary key (name)
);
comment on table tenantry.counter_checks is 'When each counter was last compared with the rows that it counts, and what was there';
comment on column tenantry.counter_checks.found is 'What the counter said; where it differed it was mended';
select tenantry.enroll('tenantry.counter_checks', access => 'read');
