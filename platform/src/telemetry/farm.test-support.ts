import type { OpenPointStore } from './point-store.ts'

/** What a system's migration says to have points: a parent, a series table, one call. */
export const farmTables = `
  create schema farm;
  create table farm.fields (id uuid not null primary key, time_zone text not null default 'UTC');
  select tenantry.enroll('farm.fields', granted_by => 'id');
  create table farm.probes (
    id uuid not null primary key, field_id uuid not null, point_type text not null, unit text not null, name text not null,
    unique (field_id, point_type, unit, name)
  );
  select tenantry.enroll('farm.probes', parents => '{"field_id": "farm.fields"}', granted_by => 'field_id', counts => 'probes');
  select tenantry.create_point_store('farm', parent => 'farm.fields', parent_column => 'field_id', series => 'farm.probes');
  select tenantry.add_point_rollups('farm', parent => 'farm.fields', parent_column => 'field_id', series => 'farm.probes');
  select tenantry.add_point_hours('farm', parent => 'farm.fields', parent_column => 'field_id', series => 'farm.probes');
  select tenantry.add_point_arrivals('farm', parent => 'farm.fields', parent_column => 'field_id');
  select tenantry.pack_points('farm', parent => 'farm.fields', parent_column => 'field_id', series => 'farm.probes');
`
export const farmPoints: OpenPointStore = {
  points: 'farm.points',
  parent: 'farm.fields',
  parentColumn: 'field_id',
  parentWord: 'field',
  series: 'farm.probes',
  timeZoneColumn: 'time_zone',
  influx: undefined,
}
