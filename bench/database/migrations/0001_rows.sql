-- The columns of a building, enrolled with nothing asked for: one policy, as most tables have it.
create table bench.rows (
  id         uuid not null primary key,
  name       text not null,
  address    text,
  time_zone  text not null default 'UTC',
  network_id text,
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock()
);
select tenantry.enroll('bench.rows');
