-- Usage: what tenants report event by event, what the platform counts of them, and how much they had of what is counted, day by day.

create table tenantry.usage_keys (
  key       text collate "C" not null check (length(key) between 1 and 200),
  meter     text not null,
  quantity  bigint not null check (quantity <> 0 and abs(quantity) <= 1000000000000),
  at        timestamptz not null,
  corrects  text collate "C",
  primary key (key),
  check ((quantity < 0) = (corrects is not null))
);
comment on table tenantry.usage_keys is 'Every event that was ever accepted, for good: whoever sends it again is told so, however late';
comment on column tenantry.usage_keys.corrects is 'Key of the event that it takes back, in whole or in part; an event is corrected once';
select tenantry.enroll('tenantry.usage_keys', access => 'read');
create unique index usage_keys_corrects on tenantry.usage_keys (tenant_id, corrects) where corrects is not null;

create table tenantry.usage_events (
  received_at  timestamptz not null,
  key          text collate "C" not null,
  meter        text not null,
  quantity     bigint not null,
  at           timestamptz not null,
  counted_at   timestamptz not null,
  adjusts      timestamptz,
  corrects     text collate "C",
  description  text check (length(description) <= 500),
  dimensions   jsonb not null default '{}' check (jsonb_typeof(dimensions) = 'object' and length(dimensions::text) <= 20000),
  primary key (received_at, key),
  check (counted_at = at or adjusts is not null)
) partition by range (received_at);
comment on table tenantry.usage_events is 'The usage log. By the time of receipt, so that an event of long ago needs no partition of long ago';
comment on column tenantry.usage_events.at is 'When it happened; of a correction, when its original did';
comment on column tenantry.usage_events.counted_at is 'The moment in whose hour, day and period it counts';
comment on column tenantry.usage_events.adjusts is 'Begin of the sealed period that it came too late for';
select tenantry.enroll('tenantry.usage_events', access => 'read');
create index usage_events_counted on tenantry.usage_events (tenant_id, counted_at);
create index usage_events_adjusting on tenantry.usage_events (tenant_id, counted_at) where adjusts is not null;
create index usage_events_meter on tenantry.usage_events (tenant_id, meter, received_at, key);

create table tenantry.usage_hours (
  meter    text not null,
  hour     timestamptz not null,
  quantity bigint not null,
  primary key (meter, hour)
);
comment on table tenantry.usage_hours is 'Sums by hour of UTC, kept in the statement that stores the events';
select tenantry.enroll('tenantry.usage_hours', access => 'read');
create index usage_hours_hour on tenantry.usage_hours (tenant_id, hour);

create table tenantry.usage_days (
  meter    text not null,
  day      date not null,
  quantity bigint not null check (abs(quantity) <= 20000000000000),
  primary key (meter, day)
);
comment on table tenantry.usage_days is 'Sums by day of the tenant''s own calendar';
comment on column tenantry.usage_days.quantity is 'Bounded, so that a year of it is still a number that JSON keeps exactly';
select tenantry.enroll('tenantry.usage_days', access => 'read');
create index usage_days_day on tenantry.usage_days (tenant_id, day);

create table tenantry.usage_seals (
  starts_at timestamptz not null,
  ends_at   timestamptz not null,
  sealed_at timestamptz not null default tenantry.clock(),
  primary key (starts_at),
  check (starts_at < ends_at)
);
comment on table tenantry.usage_seals is 'Periods that were billed: nothing counts in them any more';
select tenantry.enroll('tenantry.usage_seals', access => 'read');

create table tenantry.usage_levels (
  name    text not null,
  day     date not null,
  level   bigint not null check (level >= 0),
  highest bigint not null,
  primary key (name, day),
  check (level <= highest)
);
comment on table tenantry.usage_levels is 'How much there was of what is counted, day by day. A day without a row is as the day before';
comment on column tenantry.usage_levels.level is 'As last seen on that day';
comment on column tenantry.usage_levels.highest is 'Of what was seen on that day';
select tenantry.enroll('tenantry.usage_levels', access => 'read');
create index usage_levels_day on tenantry.usage_levels (tenant_id, day);

select tenantry.make_partitions(interval '3 months');
