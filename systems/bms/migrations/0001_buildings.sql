create table bms.buildings (
  id         uuid not null,
  name       text not null check (length(name) between 1 and 200),
  address    text check (length(address) <= 500),
  time_zone  text not null default 'UTC',
  network_id text check (length(network_id) <= 100),
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock(),
  primary key (id)
);
comment on column bms.buildings.time_zone is 'IANA name; day and month windows follow it';
comment on column bms.buildings.network_id is 'network that the building''s gateway is on';
select tenantry.enroll('bms.buildings', counts => 'buildings', audit => true, granted_by => 'id', search => '{name,address}');
create index on bms.buildings (tenant_id, created_at, id);
create index on bms.buildings (tenant_id, name, id);

create table bms.sensors (
  id          uuid not null,
  building_id uuid not null,
  point_type  text not null check (length(point_type) between 1 and 60),
  unit        text not null default '' check (length(unit) <= 30),
  name        text not null default '' check (length(name) <= 100),
  version     int not null default 1,
  created_at  timestamptz not null default tenantry.clock(),
  updated_at  timestamptz not null default tenantry.clock(),
  primary key (id),
  unique (building_id, point_type, unit, name)
);
comment on column bms.sensors.name is 'tells two of one kind apart; empty where a building has one';
select tenantry.enroll('bms.sensors', counts => 'sensors', audit => true, granted_by => 'building_id',
  parents => '{"building_id": "bms.buildings"}', search => '{name,point_type}');
create index on bms.sensors (tenant_id, created_at, id);
create index on bms.sensors (tenant_id, building_id, created_at, id);
create index on bms.sensors (tenant_id, point_type, created_at, id);

select tenantry.create_point_store('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
