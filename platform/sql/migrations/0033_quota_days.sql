-- What was admitted of meters day by day, so that usage which is taken from quotas is told like usage that is reported.

create table tenantry.quota_days (
  meter        text not null,
  period_start timestamptz not null,
  day          date not null,
  quantity     bigint not null,
  primary key (meter, period_start, day)
);
comment on table tenantry.quota_days is 'Sums of what was admitted, by day of the tenant''s own calendar; written behind the lock of the period''s counter';
comment on column tenantry.quota_days.quantity is 'Consumed, committed or leased; what a lease gave back is taken off the day on which it was granted';
select tenantry.enroll('tenantry.quota_days', access => 'read');
create index quota_days_day on tenantry.quota_days (tenant_id, day);

alter table tenantry.quota_leases add column day date;
comment on column tenantry.quota_leases.day is 'Of the tenant''s calendar on which it was granted; null for one of an earlier release';

-- It counted without periods, and nothing took from it any more.
drop function if exists tenantry.take_quota(text, bigint);
