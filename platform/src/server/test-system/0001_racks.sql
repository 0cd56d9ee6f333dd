create table shelf.racks (
  id   uuid not null,
  name text not null check (length(name) between 1 and 100)
);
select tenantry.enroll('shelf.racks', counts => 'racks', granted_by => 'id');
