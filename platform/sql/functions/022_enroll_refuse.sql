-- Tables that enrolment would not hold apart, or not without losing something, each with its reason (TN006).
create or replace function tenantry.enroll_refuse(_tenantry_table regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  _tenantry_reason text;
  _tenantry_advice text;
begin
  select reason, advice into _tenantry_reason, _tenantry_advice from (
    select * from tenantry.enroll_refuse_kind(_tenantry_table)
    union all select * from tenantry.enroll_refuse_policies(_tenantry_table)
    union all select * from tenantry.enroll_refuse_column(_tenantry_table)
    union all select * from tenantry.enroll_refuse_keys(_tenantry_table)
    union all select * from tenantry.enroll_refuse_foreign_keys(_tenantry_table)
  ) refusals(reason, advice) limit 1;
  if found then
    perform tenantry.enroll_refusal(_tenantry_table, _tenantry_reason, _tenantry_advice);
  end if;
end
$$;

create or replace function tenantry.enroll_refuse_kind(_tenantry_table regclass) returns table (reason text, advice text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select 'it is not a table', 'Enrol the tables that it reads.' from pg_class where oid = $1 and relkind not in ('r', 'p')
  union all
  select 'it is a partition', format('Enrol its parent, %s.', inhparent::regclass)
    from pg_inherits join pg_class c on c.oid = inhrelid where inhrelid = $1 and c.relispartition
  union all
  select 'it inherits from or is inherited by another table', 'Policies are not inherited. Use partitions or separate tables.'
    where exists (select from pg_inherits join pg_class c on c.oid = inhrelid and not c.relispartition where $1 in (inhrelid, inhparent))
  union all
  select 'it is temporary or unlogged', 'Make it a permanent, logged table.' from pg_class where oid = $1 and relpersistence <> 'p'
  union all
  select format('it has the rule %I', rulename), 'Rules rewrite a statement behind its policy. Use a trigger.'
    from pg_rules where format('%I.%I', schemaname, tablename) = tenantry.enroll_name($1)
  union all
  select 'it is partitioned by an expression', 'Partition it by columns, so that its keys can contain them.'
    from pg_partitioned_table where partrelid = $1 and 0 = any(partattrs::smallint[])
$$;

create or replace function tenantry.enroll_refuse_policies(_tenantry_table regclass) returns table (reason text, advice text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%s has the policy %I', polrelid::regclass, polname), 'Drop it: permissive policies are ORed, each opens a hole in the others.'
    from pg_policy
    where polrelid in (select tenantry.enroll_family($1)) and polname not in ('tenant_isolation', 'granted_reach', 'directory_reads')
$$;

create or replace function tenantry.enroll_refuse_column(_tenantry_table regclass) returns table (reason text, advice text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when attgenerated <> '' then 'its column tenant_id is generated'
              else format('its column tenant_id is of type %s', format_type(atttypid, atttypmod)) end,
    'Make tenant_id a plain column of type uuid.'
    from pg_attribute where attrelid = $1 and attname = 'tenant_id' and not attisdropped
      and (atttypid <> 'uuid'::regtype or attgenerated <> '')
$$;

create or replace function tenantry.enroll_refuse_keys(_tenantry_table regclass) returns table (reason text, advice text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('exclusion constraint %I has no tenant_id', conname), 'Begin it with `tenant_id with =`.'
    from pg_constraint where conrelid = $1 and contype = 'x'
      and coalesce(tenantry.enroll_column_number($1, 'tenant_id'), 0) <> all (conkey)
  union all
  -- A select grouped by the primary key may name the other columns; PostgreSQL then ties the view to that key.
  select format('view %s is grouped by its primary key %I', r.ev_class::regclass, c.conname),
    'Drop the view, enrol, and create it again grouped by all the columns that it names.'
    from pg_constraint c
    join pg_depend d on d.refclassid = 'pg_constraint'::regclass and d.refobjid = c.oid and d.classid = 'pg_rewrite'::regclass
    join pg_rewrite r on r.oid = d.objid
    where c.conrelid = $1 and c.contype = 'p' and coalesce(tenantry.enroll_column_number($1, 'tenant_id'), 0) <> all (c.conkey)
  union all
  select 'its replica identity is an index that would be replaced', 'Set `replica identity default`, enrol, and choose the index again.'
    from pg_class where oid = $1 and relreplident = 'i' and not tenantry.enroll_is_recorded($1)
  union all
  select format('partition %s has a unique index of its own, %s', i.indrelid::regclass, i.indexrelid::regclass),
    'Declare it on the parent, or drop it.'
    from pg_index i where i.indrelid in (select tenantry.enroll_family($1)) and i.indrelid <> $1 and i.indisunique
      and not exists (select from pg_inherits where inhrelid = i.indexrelid)
      and coalesce(tenantry.enroll_column_number(i.indrelid, 'tenant_id'), 0) <> all (i.indkey::smallint[])
$$;

create or replace function tenantry.enroll_refuse_foreign_keys(_tenantry_table regclass) returns table (reason text, advice text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('foreign key %I of %s is MATCH FULL', conname, conrelid::regclass),
    'Use MATCH SIMPLE and a check: tenant_id is never null beside a null reference.'
    from pg_constraint where contype = 'f' and $1 in (conrelid, confrelid) and confmatchtype = 'f'
  union all
  select format('foreign key %I of %s is ON UPDATE SET %s', conname, conrelid::regclass, case confupdtype when 'n' then 'NULL' else 'DEFAULT' end),
    'It would unset tenant_id as well. Use ON UPDATE CASCADE or NO ACTION.'
    from pg_constraint where contype = 'f' and $1 in (conrelid, confrelid) and confupdtype in ('n', 'd')
$$;
