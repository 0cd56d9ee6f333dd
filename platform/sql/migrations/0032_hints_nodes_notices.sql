-- What operators see change by itself, which servers run, how full a tenant's fullest quota is, and what operators tell tenants.

-- Hints for open pages: a stamp of the id, as of operators. No content.
create trigger stamp_change after insert or update on tenantry.bulk_operations
  for each row execute function tenantry.stamp_operator_change();
create trigger stamp_change after insert or delete on tenantry.attack_reports
  for each row execute function tenantry.stamp_operator_change();
-- Of the queue only what ends for good: the rest changes with every job, and whoever looks at it asks again by himself.
create trigger stamp_dead_letter after insert on tenantry_jobs.job_common
  for each row when (new.name = 'tenantry.dead_letters') execute function tenantry.stamp_operator_change();
create trigger stamp_revival after delete on tenantry_jobs.job_common
  for each row when (old.name = 'tenantry.dead_letters') execute function tenantry.stamp_operator_change();

create table tenantry.nodes (
  id         uuid primary key,
  host       text not null check (length(host) between 1 and 255),
  version    text not null check (length(version) between 1 and 100),
  started_at timestamptz not null default tenantry.clock(),
  seen_at    timestamptz not null default tenantry.clock()
);
comment on table tenantry.nodes is 'Servers that run, each by its own word; one that ends takes its row along';
comment on column tenantry.nodes.seen_at is 'Said anew every few seconds: one that is silent for long was killed';
grant select, insert, update (seen_at), delete on tenantry.nodes to :directory_role;
create trigger stamp_change after insert or delete on tenantry.nodes
  for each row execute function tenantry.stamp_operator_change();

alter table tenantry.summaries add column fullest jsonb check (jsonb_typeof(fullest) = 'object');
comment on column tenantry.summaries.fullest is 'The quota of which most is used: {"meter": "devices", "used": 9, "max": 10, "period": null}';
select tenantry.enroll('tenantry.summaries', directory => array['numbers', 'refreshed_at', 'fullest']);
