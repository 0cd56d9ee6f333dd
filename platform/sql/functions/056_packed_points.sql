-- Points, marks and rollups as bytes: a list in one piece is sent and stored as it lies, where an array is taken apart and put together
-- element by element. What the bytes say is known to `platform/src/telemetry` alone: point-block.ts, quarter-marks.ts, day-figures.ts.
--
-- Called once per store, in a migration of the system after the one that added its hours. Points are kept as they are, in the form
-- that `array_send` gives them; rollups are made anew, for all that is stored is marked:
--
--   select tenantry.pack_points('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
create or replace function tenantry.pack_points(schema_name text, parent regclass, parent_column text, series regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  _tenantry_points text := format('%I.points', schema_name);
  _tenantry_marks text := format('%I.point_marks', schema_name);
  _tenantry_rollups text := format('%I.point_rollups', schema_name);
  _tenantry_arrivals text := format('%I.point_arrivals', schema_name);
begin
  -- Packed already: to look for repetitions again takes longer than to store what is found.
  execute format($sql$
    alter table %s add column count integer, add column block bytea;
    alter table %1$s alter column block set storage external$sql$, _tenantry_points);
  execute format('comment on column %s.block is %L', _tenantry_points, 'its points, in the order of "series"');
  execute format($sql$
    alter table %s
      drop column slots, drop column buckets, drop column counts, drop column sums, drop column mins, drop column maxs, drop column lasts,
      add column last_at timestamptz, add column quarters bytea;
    alter table %1$s alter column quarters set storage external$sql$, _tenantry_marks);
  execute format('comment on column %s.quarters is %L', _tenantry_marks,
    'which quarters of an hour are out of date, and what the points of its row add up to in each; null: all from first_at to last_at');
  perform tenantry.pack_stored_points(schema_name, parent_column);
  execute format($sql$
    alter table %s
      alter column count set not null, alter column block set not null, add check (count between 1 and 5000),
      drop column slots, drop column times, drop column "values", drop column rising, drop column chunk_of$sql$, _tenantry_points);
  execute format('alter table %s alter column last_at set not null', _tenantry_marks);

  execute format('drop table %I.point_hours, %s', schema_name, _tenantry_rollups);
  execute format($sql$
    create table %s (
      series_id uuid not null,
      day date not null,
      %I uuid not null,
      hours bytea not null,
      quarters bytea not null,
      primary key (series_id, day)
    ) with (fillfactor = 70)$sql$, _tenantry_rollups, parent_column);
  -- Read by themselves, in hundreds: they stay in the row, and quarters leave it where both are too much.
  execute format('alter table %s alter column hours set storage main, alter column quarters set storage external', _tenantry_rollups);
  execute format('comment on column %s.day is %L', _tenantry_rollups, 'UTC');
  execute format('comment on column %s.hours is %L', _tenantry_rollups, 'count, sum, lowest, highest and last of each of its 24 hours');
  execute format('comment on column %s.quarters is %L', _tenantry_rollups, 'the same of each of its 96 quarters of an hour');
  -- Its parent's going takes the series away, and them the rollups: a second foreign key would cost every row and add nothing.
  perform tenantry.enroll(_tenantry_rollups::regclass,
    parents => jsonb_build_object('series_id', series::text), granted_by => parent_column);

  if to_regclass(_tenantry_arrivals) is not null then
    execute format($sql$
      alter table %1$s drop column slots, drop column times, drop column "values", add column block bytea;
      alter table %1$s alter column block set storage external$sql$, _tenantry_arrivals);
    execute format('comment on column %s.block is %L', _tenantry_arrivals, 'as in points; null where a lot is too large to be told point by point');
  end if;
end
$$;

-- The arrays of every tenant's points as bytes, and a mark for each row: what has neither a mark nor a rollup counts as empty.
create or replace function tenantry.pack_stored_points(schema_name text, parent_column text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  _tenantry_points regclass := format('%I.points', schema_name);
  _tenantry_marks regclass := format('%I.point_marks', schema_name);
  _tenantry_forced regclass[] := tenantry.enroll_unforce(array[_tenantry_points, _tenantry_marks]);
begin
  execute format($sql$
    update %s set count = cardinality(slots), block = '\x00' || array_send(slots) || array_send(times) || array_send("values")$sql$,
    _tenantry_points);
  execute format('delete from %s', _tenantry_marks);
  execute format($sql$
    insert into %1$s (tenant_id, id, %2$I, due_at, rows_added, first_at, last_at, series)
    select p.tenant_id, p.id, p.%2$I, tenantry.clock(), 0, p.first_at, p.last_at, p.series from %3$s p$sql$,
    _tenantry_marks, parent_column, _tenantry_points);
  execute format($sql$
    insert into tenantry.work (tenant_id, kind, object_id, due_at)
    select distinct m.tenant_id, %L, m.tenant_id, tenantry.clock() from %s m
    on conflict do nothing$sql$, 'points:' || schema_name || '.points', _tenantry_marks);
  perform tenantry.enroll_force(_tenantry_forced);
end
$$;

revoke execute on function tenantry.pack_points(text, regclass, text, regclass) from public;
revoke execute on function tenantry.pack_stored_points(text, text) from public;
