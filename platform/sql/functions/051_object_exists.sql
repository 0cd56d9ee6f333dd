-- Does an object of the context's tenant exist, whether it was granted to the actor or not?
--
-- Asked on the not-found path only, to tell 403 (yours, not granted) from 404. It runs with the caller's own rights and
-- takes the tenant from the context, so another tenant's object is absent like one that never was; all it lifts is the
-- reach, for this one look. (A `set` clause would do it, but only a superuser may write one for a setting of ours.)
create or replace function tenantry.object_exists(_tenantry_table regclass, _tenantry_id uuid) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_found boolean;
  _tenantry_reach text := coalesce(current_setting('tenantry.reach', true), '');
begin
  perform set_config('tenantry.reach', 'all', true);
  execute format('select exists (select from %s where id = $1)', _tenantry_table) into _tenantry_found using _tenantry_id;
  -- After an error the transaction, or its savepoint, takes the setting back.
  perform set_config('tenantry.reach', _tenantry_reach, true);
  return _tenantry_found;
end
$$;

revoke execute on function tenantry.object_exists(regclass, uuid) from public;
grant execute on function tenantry.object_exists(regclass, uuid) to :app_role;
