-- Rollups of a point store: count, sum, lowest, highest and last of each series and quarter of an hour (UTC), computed in the
-- background from points that count. Until then a mark says which of them are out of date; readers take those from points.
--
-- Called once per store, in a migration of the system after the one that made it; what is stored already is marked:
--
--   select tenantry.add_point_rollups('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
create or replace function tenantry.add_point_rollups(schema_name text, parent regclass, parent_column text, series regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
  _tenantry_marks text := format('%I.point_marks', schema_name);
  _tenantry_rollups text := format('%I.point_rollups', schema_name);
  _tenantry_days text := format('%I.point_days', schema_name);
begin
  -- One mark per packed row, only ever added and taken away: writers wait for nobody.
  execute format($sql$
    create table %s (
      id uuid not null,
      %2$I uuid not null,
      due_at timestamptz not null,
      rows_added integer not null default 1,
      first_at timestamptz not null,
      series uuid[] not null,
      slots smallint[] not null,
      buckets timestamptz[] not null,
      primary key (%2$I, id),
      check (cardinality(buckets) = cardinality(slots))
    )$sql$, _tenantry_marks, parent_column);
  execute format('comment on column %s.due_at is %L', _tenantry_marks, 'worth computing from then on: when the last of its quarters is over');
  execute format('comment on column %s.rows_added is %L', _tenantry_marks, 'packed rows to be counted for the compaction of its first day');
  execute format('comment on column %s.buckets is %L', _tenantry_marks, 'quarters of an hour that are out of date, each for the series at the same place of slots');
  perform tenantry.enroll(_tenantry_marks::regclass,
    parents => jsonb_build_object(parent_column, parent::text), granted_by => parent_column);
  execute format('create index on %s (tenant_id, due_at)', _tenantry_marks);

  execute format($sql$
    create table %s (
      series_id uuid not null,
      bucket timestamptz not null,
      %I uuid not null,
      count integer not null check (count > 0),
      sum float8,
      min float8 not null,
      max float8 not null,
      last float8 not null,
      primary key (series_id, bucket)
    ) with (fillfactor = 90)$sql$, _tenantry_rollups, parent_column);
  execute format('comment on column %s.bucket is %L', _tenantry_rollups, 'where its 15 minutes begin, UTC');
  execute format('comment on column %s.sum is %L', _tenantry_rollups, 'null where it is no float8 any more');
  -- Its parent's going takes the series away, and them the rollups: a second foreign key would cost every row and add nothing.
  perform tenantry.enroll(_tenantry_rollups::regclass,
    parents => jsonb_build_object('series_id', series::text), granted_by => parent_column);

  execute format($sql$
    create table %s (
      %2$I uuid not null,
      day date not null,
      loose_rows integer not null,
      due_at timestamptz,
      primary key (%2$I, day)
    )$sql$, _tenantry_days, parent_column);
  execute format('comment on column %s.loose_rows is %L', _tenantry_days, 'packed rows of this day (UTC) that no chunk has taken up yet');
  execute format('comment on column %s.due_at is %L', _tenantry_days, 'when they may become chunks; null until there is another row');
  perform tenantry.enroll(_tenantry_days::regclass,
    parents => jsonb_build_object(parent_column, parent::text), granted_by => parent_column);
  execute format('create index on %s (tenant_id, due_at)', _tenantry_days);

  perform tenantry.mark_stored_points(schema_name, parent_column);
end
$$;

-- Marks all that a store holds, of every tenant: what has neither a mark nor a rollup counts as empty.
create or replace function tenantry.mark_stored_points(schema_name text, parent_column text) returns void
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
    insert into %1$s (tenant_id, id, %2$I, due_at, first_at, series, slots, buckets)
    select p.tenant_id, p.id, p.%2$I, tenantry.clock(), p.first_at, p.series, stale.slots, stale.buckets
    from %3$s p cross join lateral (
      select array_agg(slot) as slots, array_agg(bucket) as buckets from (
        select distinct slot, date_bin('15 minutes', at, timestamptz 'epoch') as bucket from unnest(p.slots, p.times) point (slot, at)
      ) pairs
    ) stale
    on conflict do nothing$sql$, _tenantry_marks, parent_column, _tenantry_points);
  execute format($sql$
    insert into tenantry.work (tenant_id, kind, object_id, due_at)
    select distinct m.tenant_id, %L, m.tenant_id, tenantry.clock() from %s m
    on conflict do nothing$sql$, 'points:' || schema_name || '.points', _tenantry_marks);
  perform tenantry.enroll_force(_tenantry_forced);
end
$$;

revoke execute on function tenantry.add_point_rollups(text, regclass, text, regclass) from public;
revoke execute on function tenantry.mark_stored_points(text, text) from public;
