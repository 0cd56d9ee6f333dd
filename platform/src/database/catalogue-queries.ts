/**
 * Queries over the system catalogue, each answering `object` (the heading) and `line`.
 * They run with an empty search_path, so that PostgreSQL writes every name in full. Partitions are left out: their names
 * depend on the day, and what holds for them the doctor checks. So is what an owner may do with its own, which is
 * everything, and in PostgreSQL 17 has one word more.
 */

const schemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

const relations = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${schemas} and not c.relispartition`

const relationName = `case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'S' then 'sequence '
  when 'f' then 'foreign table ' else 'table ' end || c.oid::regclass`

const functionName = `'function ' || p.oid::regprocedure`

/** Grantees other than the owner, with all that each may do. */
function grants(acl: string, owner: string): string {
  return `(select string_agg(line, E'\\n' order by line collate "C") from (
    select 'grant ' || string_agg(lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end, ', '
             order by a.privilege_type collate "C") || ' to ' || case a.grantee when 0 then 'public' else a.grantee::regrole::text end as line
    from aclexplode(${acl}) a where a.grantee <> ${owner} group by a.grantee) by_grantee)`
}

const database = `
  select 'database' as object, ${grants(`coalesce(d.datacl, acldefault('d', d.datdba))`, 'd.datdba')} as line
  from pg_database d where d.datname = current_database()`

const defaults = `
  select 'default privileges' as object, case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
    when 'T' then 'types' when 'n' then 'schemas' end || ' of ' || d.defaclrole::regrole || coalesce(' in ' || n.nspname, '') || ': '
    || coalesce(${grants('d.defaclacl', 'd.defaclrole')}, 'nothing to others') as line
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace`

const schema = `
  select 'schema ' || n.nspname as object, concat_ws(E'\\n', 'owner ' || n.nspowner::regrole,
    ${grants(`coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner')}) as line
  from pg_namespace n where ${schemas}`

const relation = `
  select ${relationName} as object, concat_ws(E'\\n', 'owner ' || c.relowner::regrole,
    'partition by ' || pg_get_partkeydef(c.oid),
    case when c.relrowsecurity then 'row security ' || case when c.relforcerowsecurity then 'forced' else 'not forced' end end,
    'options ' || array_to_string(c.reloptions, ', '),
    case when c.relkind in ('v', 'm') then 'as ' || pg_get_viewdef(c.oid) end,
    ${grants(`coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))`, 'c.relowner')}) as line
  from ${relations} where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')`

const column = `
  select ${relationName} as object, concat_ws(' ', 'column', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
    case when a.attcollation not in (0, t.typcollation) then 'collate ' || a.attcollation::regcollation end,
    case when a.attnotnull then 'not null' end,
    case when a.attgenerated <> '' then 'generated' end, case a.attidentity when 'a' then 'always identity' when 'd' then 'identity' end,
    'default ' || pg_get_expr(d.adbin, d.adrelid),
    '-- ' || regexp_replace(${grants('a.attacl', 'c.relowner')}, E'\\n', '; ', 'g')) as line
  from ${relations}
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p', 'v', 'm', 'f')`

// Not-null constraints are named from PostgreSQL 18 on; the columns say it already.
const constraint = `
  select ${relationName} as object, 'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
    || case when k.convalidated then '' else ' (not validated)' end as line
  from ${relations} join pg_constraint k on k.conrelid = c.oid
  where k.contype in ('c', 'f', 'p', 'u', 'x') and k.conparentid = 0`

const index = `
  select ${relationName} as object, 'index ' || pg_get_indexdef(i.indexrelid) || case when i.indisvalid then '' else ' (invalid)' end as line
  from ${relations} join pg_index i on i.indrelid = c.oid
  where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`

const policy = `
  select ${relationName} as object, concat_ws(' ', 'policy', quote_ident(p.polname),
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    'for ' || case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
    'to ' || (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ' order by 1) from unnest(p.polroles) r),
    'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') as line
  from ${relations} join pg_policy p on p.polrelid = c.oid`

const trigger = `
  select ${relationName} as object, pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then '' else ' (' || t.tgenabled::text || ')' end as line
  from ${relations} join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal`

/** \`body\` is hashed by the caller, after role names are out of it. */
export const functionQuery = `
  select ${functionName} as object, concat_ws(E'\\n', 'owner ' || p.proowner::regrole,
    'returns ' || coalesce(pg_get_function_result(p.oid), 'nothing'),
    'arguments ' || nullif(pg_get_function_arguments(p.oid), ''),
    concat_ws(' ', l.lanname, case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      case when p.prosecdef then 'definer' end, case when p.proisstrict then 'strict' end, case when p.proleakproof then 'leakproof' end,
      case p.proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' end),
    'set ' || array_to_string(p.proconfig, '; '),
    ${grants(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}) as line,
    coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace and ${schemas} join pg_language l on l.oid = p.prolang`

/** In the order in which an object's lines are written. */
export const catalogueQueries = [database, defaults, schema, relation, column, constraint, index, policy, trigger] as const
