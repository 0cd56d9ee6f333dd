-- What arrived lately in a point store whose points lie elsewhere, in InfluxDB: for live streams, and to know a named lot again.
-- Kept for a day.
--
-- Called once per store, in a migration of the system after the one that made it:
--
--   select tenantry.add_point_arrivals('bms', parent => 'bms.buildings', parent_column => 'building_id');
create or replace function tenantry.add_point_arrivals(schema_name text, parent regclass, parent_column text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_arrivals text := format('%I.point_arrivals', schema_name);
begin
  execute format($sql$
    create table %s (
      id uuid not null,
      %2$I uuid not null,
      received_at timestamptz not null default tenantry.clock(),
      first_at timestamptz not null,
      last_at timestamptz not null,
      count integer not null,
      series uuid[],
      slots smallint[],
      times timestamptz[],
      "values" float8[],
      primary key (id),
      check (first_at <= last_at),
      check (count between 1 and 5000)
    )$sql$, _tenantry_arrivals, parent_column);
  execute format('comment on column %s.series is %L', _tenantry_arrivals, 'null, as are the points, where a lot is too large to be told point by point');
  perform tenantry.enroll(_tenantry_arrivals::regclass,
    parents => jsonb_build_object(parent_column, parent::text), granted_by => parent_column);
  -- Live streams ask by parent, the broom by age.
  execute format('create index on %s (tenant_id, %I, received_at)', _tenantry_arrivals, parent_column);
  execute format('create index on %s (tenant_id, received_at)', _tenantry_arrivals);
end
$$;

revoke execute on function tenantry.add_point_arrivals(text, regclass, text) from public;
