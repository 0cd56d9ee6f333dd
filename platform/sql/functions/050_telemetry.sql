-- Points over time, packed: one row holds many points of one parent (a building, a device), as parallel arrays.
--
-- A packed row belongs to exactly one parent, so that grants hold for it as a whole. Points of the same series and time may lie
-- in several rows: the one received last counts when they are read. Compaction and rollups come behind the same reading.

-- Makes the table of a system's points. Called once, in a migration of the system:
--
--   select tenantry.create_point_store('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
--
-- `series` is the table that names what is measured: it has id, the parent column, point_type, unit and name.
create or replace function tenantry.create_point_store(schema_name text, parent regclass, parent_column text, series regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  _tenantry_points text := format('%I.points', schema_name);
  _tenantry_missing text;
begin
  select string_agg(wanted, ', ' order by place) into _tenantry_missing
  from unnest(array['id', parent_column, 'point_type', 'unit', 'name']) with ordinality as needed (wanted, place)
  where not exists (
    select from pg_attribute
    where attrelid = series and attname = wanted and attnum > 0 and not attisdropped
  );
  if _tenantry_missing is not null then
    raise exception 'the series table % lacks the columns: %', series, _tenantry_missing using errcode = 'TN006';
  end if;

  execute format($sql$
    create table %s (
      id uuid not null,
      %I uuid not null,
      received_at timestamptz not null default tenantry.clock(),
      first_at timestamptz not null,
      last_at timestamptz not null,
      series uuid[] not null,
      slots smallint[] not null,
      times timestamptz[] not null,
      "values" float8[] not null,
      primary key (id),
      check (first_at <= last_at),
      check (last_at <= received_at + interval '1 day 1 minute'),
      check ('-Infinity' < all ("values") and 'Infinity' > all ("values")), -- NaN sorts above infinity
      check (cardinality(times) between 1 and 5000),
      check (cardinality(times) = cardinality("values") and cardinality(times) = cardinality(slots))
    )$sql$, _tenantry_points, parent_column);
  execute format('comment on column %s.series is %L', _tenantry_points, 'the series that have points in this row');
  execute format('comment on column %s.slots is %L', _tenantry_points, 'for each point, the place of its series in "series", from 1');
  execute format('comment on column %s.received_at is %L', _tenantry_points, 'of two points of one series and time, the one received last counts');

  perform tenantry.enroll(
    _tenantry_points::regclass,
    parents => jsonb_build_object(parent_column, parent::text),
    granted_by => parent_column
  );
  -- A span's rows are found by it alone: last_at on or after the start, first_at before the end.
  execute format('create index on %s (tenant_id, %I, last_at, first_at)', _tenantry_points, parent_column);
end
$$;

revoke execute on function tenantry.create_point_store(text, regclass, text, regclass) from public;
