-- The same for everybody: it belongs to no tenant, and a server only reads it.
create table parcels.countries (code text primary key check (code ~ '^[A-Z]{2}$'), name text not null);
insert into parcels.countries (code, name) values ('DE', 'Germany'), ('DK', 'Denmark');
grant select on parcels.countries to :app_role;

create table parcels.parcels (
  id       uuid not null,
  country  text not null references parcels.countries (code),
  tracking text not null check (length(tracking) between 1 and 100)
);
select tenantry.enroll('parcels.parcels');
-- A carrier gives each number once, to whomever.
create unique index parcels_tracking on parcels.parcels (tracking);
