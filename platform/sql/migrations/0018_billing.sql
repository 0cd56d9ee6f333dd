-- What a tenant has subscribed to, and what it was asked to pay.

create table tenantry.subscriptions (
  id                uuid not null default tenantry.uuid7() primary key,
  plan              text not null,
  plan_version      integer not null,
  state             text not null check (state in ('trialing', 'active', 'past_due', 'paused', 'canceled', 'expired')),
  billing_interval  text not null check (billing_interval in ('monthly', 'yearly')),
  currency          text not null check (currency ~ '^[A-Z]{3}$'),
  price_minor       bigint not null check (price_minor >= 0),
  anchor            text not null check (anchor ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$'),
  time_zone         text not null,
  period_start      timestamptz not null,
  period_end        timestamptz not null,
  trial_ends_at     timestamptz,
  cancel_at         timestamptz,
  ended_at          timestamptz,
  usage_sealed_until timestamptz not null,
  pending           jsonb check (jsonb_typeof(pending) = 'object'),
  suspended_tenant  boolean not null default false,
  version           integer not null default 1,
  created_at        timestamptz not null default tenantry.clock(),
  updated_at        timestamptz not null default tenantry.clock(),
  check (period_start <= period_end),
  check ((state = 'trialing') <= (trial_ends_at is not null)),
  check ((state in ('canceled', 'expired')) = (ended_at is not null))
);
comment on table tenantry.subscriptions is 'One per tenant: the plan it pays for, and the period that is running. What was is in the audit';
comment on column tenantry.subscriptions.price_minor is 'As agreed when the plan was taken, per interval; a new version of the plan changes nothing here';
comment on column tenantry.subscriptions.anchor is 'Local time at which period 0 began; every later period is reckoned from it';
comment on column tenantry.subscriptions.time_zone is 'Of the tenant when the running period began: a changed zone counts from the next';
comment on column tenantry.subscriptions.usage_sealed_until is 'End of the last month whose overage was reckoned: months of its own, for a year is paid in one piece and used month by month';
comment on column tenantry.subscriptions.pending is 'Plan, version, interval and price that the next period begins with';
comment on column tenantry.subscriptions.suspended_tenant is 'The tenant is read-only because of this, so that paying makes it writable again';
select tenantry.enroll('tenantry.subscriptions', audit => true);
create unique index subscriptions_tenant on tenantry.subscriptions (tenant_id);

create table tenantry.subscription_add_ons (
  id               uuid not null default tenantry.uuid7() primary key,
  subscription_id  uuid not null,
  add_on           text not null,
  title            text not null,
  charge           text not null check (charge in ('recurring', 'once')),
  price_minor      bigint not null check (price_minor >= 0),
  cancel_at        timestamptz,
  ended_at         timestamptz,
  created_at       timestamptz not null default tenantry.clock()
);
comment on table tenantry.subscription_add_ons is 'What was bought beside the plan, at the price agreed then; recurring ones follow the subscription''s interval';
comment on column tenantry.subscription_add_ons.cancel_at is 'End of the last period that is charged';
select tenantry.enroll('tenantry.subscription_add_ons', audit => true, parents => '{"subscription_id": "tenantry.subscriptions"}');
create unique index subscription_add_ons_live on tenantry.subscription_add_ons (tenant_id, add_on) where ended_at is null;

create table tenantry.invoices (
  id               uuid not null default tenantry.uuid7() primary key,
  subscription_id  uuid not null,
  kind             text not null default 'period' check (kind in ('period', 'change', 'final')),
  state            text not null default 'draft' check (state in ('draft', 'sealed', 'paid', 'void')),
  period_start     timestamptz not null,
  period_end       timestamptz not null,
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  number           text,
  seller           jsonb,
  buyer            jsonb,
  subtotal_minor   bigint,
  tax_minor        bigint,
  total_minor      bigint,
  sealed_at        timestamptz,
  due_at           timestamptz,
  paid_at          timestamptz,
  voided_at        timestamptz,
  failed_at        timestamptz,
  failures         integer not null default 0,
  reference        text check (length(reference) <= 200),
  version          integer not null default 1,
  created_at       timestamptz not null default tenantry.clock(),
  updated_at       timestamptz not null default tenantry.clock(),
  check ((state = 'draft') = (sealed_at is null)),
  check (state = 'draft' or num_nulls(number, seller, buyer, subtotal_minor, tax_minor, total_minor, due_at) = 0),
  check ((state = 'paid') = (paid_at is not null)),
  check ((state = 'void') = (voided_at is not null)),
  check (total_minor = subtotal_minor + tax_minor)
);
comment on table tenantry.invoices is 'What a tenant owes for one period or change. Sealed, it is as it is for good: only whether it was paid may change';
comment on column tenantry.invoices.kind is 'period: the one that begins with it; change: an upgrade or add-on in the middle; final: what was left when it ended';
comment on column tenantry.invoices.seller is 'Who sells, in which brand, at which tax: as it was at that moment';
comment on column tenantry.invoices.buyer is 'Name and address of the tenant''s bills at that moment';
comment on column tenantry.invoices.reference is 'Of the payment, in the books of whoever took it';
select tenantry.enroll('tenantry.invoices', audit => true, parents => '{"subscription_id": "tenantry.subscriptions"}');
-- The job that runs twice, or on two nodes, finds what it was about to make.
create unique index invoices_once on tenantry.invoices (tenant_id, subscription_id, period_start, kind);
create unique index invoices_draft on tenantry.invoices (tenant_id, subscription_id) where state = 'draft';
create index invoices_created on tenantry.invoices (tenant_id, created_at);
create index invoices_unpaid on tenantry.invoices (tenant_id, subscription_id, due_at) where state = 'sealed';
create trigger number_invoice before update on tenantry.invoices
  for each row when (old.state = 'draft' and new.state = 'sealed') execute function tenantry.number_invoice();
create trigger keep_invoice before update or delete on tenantry.invoices
  for each row execute function tenantry.keep_invoice();

create table tenantry.invoice_lines (
  id             uuid not null default tenantry.uuid7() primary key,
  invoice_id     uuid not null,
  position       integer not null,
  kind           text not null check (kind in ('plan', 'proration', 'add_on', 'overage', 'adjustment', 'carried')),
  description    text not null,
  quantity       bigint not null default 1,
  amount_minor   bigint not null,
  meter          text,
  period_start   timestamptz,
  period_end     timestamptz,
  check ((kind in ('overage', 'adjustment')) = (meter is not null))
);
comment on column tenantry.invoice_lines.meter is 'Of overage: lines of one meter and period add up to what was billed of it';
select tenantry.enroll('tenantry.invoice_lines', parents => '{"invoice_id": "tenantry.invoices"}');
create unique index invoice_lines_position on tenantry.invoice_lines (tenant_id, invoice_id, position);
create index invoice_lines_meter on tenantry.invoice_lines (tenant_id, meter, period_start) where meter is not null;
create trigger keep_invoice_lines before insert or update or delete on tenantry.invoice_lines
  for each row execute function tenantry.keep_invoice_lines();

create table tenantry.invoice_documents (
  invoice_id  uuid not null primary key,
  pdf         bytea not null,
  made_at     timestamptz not null default tenantry.clock()
);
comment on table tenantry.invoice_documents is 'The invoice as it was first drawn: a later release that draws otherwise changes no document that is there';
select tenantry.enroll('tenantry.invoice_documents', access => 'append', parents => '{"invoice_id": "tenantry.invoices"}');

create table tenantry.overage_periods (
  meter         text not null,
  period_start  timestamptz not null,
  period_end    timestamptz not null,
  included      bigint not null,
  used          bigint not null,
  billed        bigint not null default 0,
  reckoned      boolean not null default false,
  primary key (meter, period_start)
);
comment on table tenantry.overage_periods is 'What of a meter was included in a month that is over, and how much beyond it was billed; what is reported late is billed as the difference';
comment on column tenantry.overage_periods.included is 'The limit when the month was first reckoned: a plan that is changed later does not change what was used before';
comment on column tenantry.overage_periods.used is 'When the month was sealed; what is reported later is not in it';
select tenantry.enroll('tenantry.overage_periods');

create table tenantry.invoice_numbers (
  seller text not null primary key,
  last   bigint not null
);
comment on table tenantry.invoice_numbers is 'The last number that each seller, a system, gave; reached by the trigger that seals';
