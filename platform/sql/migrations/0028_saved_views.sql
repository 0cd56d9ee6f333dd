-- Filters that an operator gave a name: each his own.

create table tenantry.saved_views (
  id          uuid primary key default tenantry.uuid7(),
  operator_id uuid not null references tenantry.operators on delete cascade,
  page        text not null check (page ~ '^[a-z][a-z-]{0,40}$'),
  name        text not null check (length(name) between 1 and 80),
  query       text not null check (length(query) <= 2000),
  created_at  timestamptz not null default tenantry.clock(),
  unique (operator_id, page, name)
);
comment on table tenantry.saved_views is 'Named states of a page of the operators'' console';
comment on column tenantry.saved_views.query is 'Query of the page''s address, without the question mark';
grant select, insert, update (query), delete on tenantry.saved_views to :directory_role;
