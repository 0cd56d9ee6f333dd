-- Hours above the quarters of a point store, and what makes quarters cheap to compute and points cheap to read.
--
-- A day's hours (UTC) of a series are one row, 24 places each: a year is 365 rows, not 35,040. They are computed together with the
-- quarters, by the statement that takes the marks, so an hour is up to date whenever no mark names a quarter of it.
--
-- Called once per store, in a migration of the system after the one that added its rollups; what is stored already is marked:
--
--   select tenantry.add_point_hours('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
create or replace function tenantry.add_point_hours(schema_name text, parent regclass, parent_column text, series regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  _tenantry_points text := format('%I.points', schema_name);
  _tenantry_marks text := format('%I.point_marks', schema_name);
  _tenantry_hours text := format('%I.point_hours', schema_name);
begin
  execute format('alter table %s add column rising boolean not null default false, add column chunk_of uuid', _tenantry_points);
  execute format('comment on column %s.rising is %L', _tenantry_points, 'each series of the row runs forward in time: none has a time twice');

  execute format('comment on column %s.chunk_of is %L', _tenantry_points, 'of the compaction that wrote it: its chunks have no series and time in common');

  execute format($sql$
    alter table %s
      add column counts int[], add column sums float8[], add column mins float8[], add column maxs float8[], add column lasts float8[],
      add check (cardinality(counts) = cardinality(slots))$sql$, _tenantry_marks);
  execute format('comment on column %s.id is %L', _tenantry_marks, 'of the packed row that left it');
  execute format('comment on column %s.counts is %L', _tenantry_marks,
    'with sums to lasts: what the points of that row add up to in each of its quarters; null where a time may be there twice');

  execute format($sql$
    create table %s (
      series_id uuid not null,
      day date not null,
      %I uuid not null,
      counts int[] not null,
      sums float8[] not null,
      mins float8[] not null,
      maxs float8[] not null,
      lasts float8[] not null,
      primary key (series_id, day),
      check (cardinality(counts) = 24 and cardinality(sums) = 24 and cardinality(mins) = 24 and cardinality(maxs) = 24
        and cardinality(lasts) = 24)
    )$sql$, _tenantry_hours, parent_column);
  execute format('comment on column %s.day is %L', _tenantry_hours, 'UTC; its hours are the places 1 to 24 of each list');
  execute format('comment on column %s.counts is %L', _tenantry_hours, '0 for an hour without points, whose other figures mean nothing');
  execute format('comment on column %s.sums is %L', _tenantry_hours, 'NaN where it is no float8 any more');
  perform tenantry.enroll(_tenantry_hours::regclass,
    parents => jsonb_build_object('series_id', series::text), granted_by => parent_column);

  perform tenantry.mark_stored_points(schema_name, parent_column);
end
$$;

revoke execute on function tenantry.add_point_hours(text, regclass, text, regclass) from public;
