-- A stranger's small business: the portal draws its pages, and nothing in the portal knows it.
create table library.shelves (
  id         uuid not null primary key,
  name       text not null check (length(name) between 1 and 50),
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock()
);
select tenantry.enroll('library.shelves', search => array['name']);

create table library.books (
  id         uuid not null primary key,
  title      text not null check (length(title) between 1 and 200),
  kind       text not null default 'novel',
  pages      int check (pages > 0),
  lent       boolean not null default false,
  bought_on  date,
  shelf_id   uuid not null,
  notes      text,
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock()
);
select tenantry.enroll('library.books', counts => 'books', audit => true, search => array['title'], parents => '{"shelf_id": "library.shelves"}');
create index on library.shelves (tenant_id, created_at, id);
create index on library.books (tenant_id, created_at, id);
create index on library.books (tenant_id, title, id);
