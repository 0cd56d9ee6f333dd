-- The tables of somebody's application, enrolled like any other: what a resource needs and nothing of a shipped system.
create table shop.customers (
  id uuid not null primary key, name text not null, city text, rating float8, active boolean not null default true,
  version int not null default 1, created_at timestamptz not null default tenantry.clock(), updated_at timestamptz not null default tenantry.clock(),
  unique (name)
);
select tenantry.enroll('shop.customers', counts => 'customers', audit => true, search => '{name,city}', granted_by => 'id');
create index on shop.customers (tenant_id, created_at, id);
create index on shop.customers (tenant_id, name, id);
create table shop.orders (
  id uuid not null primary key, customer_id uuid not null, amount bigint not null, note text,
  version int not null default 1, created_at timestamptz not null default tenantry.clock(), updated_at timestamptz not null default tenantry.clock()
);
select tenantry.enroll('shop.orders', parents => '{"customer_id": "shop.customers"}', granted_by => 'customer_id');
create index on shop.orders (tenant_id, created_at, id);
create index on shop.orders (tenant_id, amount, id);
