create table billing.invoices (
  id         uuid not null,
  customer   text not null check (length(customer) between 1 and 200),
  amount     bigint not null check (amount >= 0),
  state      text not null default 'open' check (state in ('open', 'paid')),
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock(),
  primary key (id)
);
select tenantry.enroll('billing.invoices', counts => 'invoices', audit => true);
create index on billing.invoices (tenant_id, created_at, id);
create index on billing.invoices (tenant_id, state, created_at, id);
