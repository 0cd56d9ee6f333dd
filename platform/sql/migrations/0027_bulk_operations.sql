-- What an operator orders for many tenants at once: done tenant by tenant in the background, each in the tenant's own scope.

create table tenantry.bulk_operations (
  id           uuid primary key,
  operator_id  uuid not null references tenantry.operators on delete cascade,
  action       jsonb not null check (jsonb_typeof(action) = 'object'),
  reason       text not null check (length(reason) between 3 and 500),
  selection    jsonb not null check (jsonb_typeof(selection) = 'object'),
  created_at   timestamptz not null default tenantry.clock(),
  cancelled_at timestamptz
);
comment on table tenantry.bulk_operations is 'Orders of operators about many tenants';
comment on column tenantry.bulk_operations.action is 'What is done to each: {"do": "suspend", "mode": "blocked"}';
comment on column tenantry.bulk_operations.selection is 'How the tenants were chosen: the filter of the list, or how many were named';
comment on column tenantry.bulk_operations.cancelled_at is 'Tenants whose turn had not come by then are left as they are';
grant select, update (cancelled_at) on tenantry.bulk_operations to :directory_role;

create table tenantry.bulk_targets (
  operation_id uuid not null references tenantry.bulk_operations on delete cascade,
  tenant_id    uuid not null,
  primary key (operation_id, tenant_id)
);
comment on table tenantry.bulk_targets is 'The tenants of an operation, as they were chosen at its start';
grant select on tenantry.bulk_targets to :directory_role;

-- Written in the transaction of the effect, so that a killed process does nothing twice and forgets nothing.
create table tenantry.bulk_results (
  operation_id uuid not null primary key,
  state        text not null check (state in ('done', 'refused', 'failed')),
  code         text check (length(code) between 1 and 100),
  at           timestamptz not null default tenantry.clock(),
  check ((state = 'done') = (code is null))
);
comment on table tenantry.bulk_results is 'What became of an operation in this tenant';
comment on column tenantry.bulk_results.code is 'Of the problem, where it was refused or failed';
select tenantry.enroll('tenantry.bulk_results', access => 'append', directory => array['operation_id', 'state', 'code', 'at']);
create index bulk_results_operation on tenantry.bulk_results (operation_id, state);
