/**
 * Views of the catalogue that the rules share. In front of a rule's query stand those that it uses: PostgreSQL takes ten times
 * as long to read all of them as to answer. Privileges are read from the access lists themselves and not asked of
 * `has_table_privilege`: for a superuser that answers yes to everything, and one wrong attribute would bury itself under a
 * hundred findings.
 *
 * | view | rows |
 * | --- | --- |
 * | `given` | one: the options |
 * | `reachers` | the app, the directory and the identity role, `kind` says which |
 * | `holders` | whose privileges a reacher has: its own, PUBLIC's, those it inherits |
 * | `enrolled` | recorded enrolments that exist |
 * | `family` | enrolled tables with their partitions and children; `child` marks the latter |
 * | `ours` | schemas that are examined whether reachable or not |
 * | `relations` | every relation outside the system's schemas, with `reviewed` and `extension` |
 * | `held` | privileges of reachers on those relations and their columns |
 * | `callable` | functions that a reacher may call, outside the system's schemas |
 */
const views = {
  given: `
    select $1::text as app, $2::text as directory, $3::text as owner, $4::text[] as schemas,
      $5::jsonb as enrolment, $6::jsonb as reviewed, $7::text[] as global_uniques, $8::text[] as reviewed_functions, $9::text as identity`,
  reachers: `
    select r.oid as role, quote_ident(r.rolname) as role_name, r.rolsuper as superuser,
      case r.rolname when given.app then 'app' when given.directory then 'directory' else 'identity' end as kind
    from pg_roles r, given where r.rolname in (given.app, given.directory, given.identity)`,
  holders: `
    select role, role_name, kind, role as holder from reachers
    union select role, role_name, kind, 0::oid from reachers
    union select a.role, a.role_name, a.kind, r.oid from reachers a join pg_roles r
      on not a.superuser and not r.rolsuper and pg_has_role(a.role, r.oid, 'usage')`,
  enrolled: `
    select c.oid as relation, e.options, c.relnamespace as schema
    from given, jsonb_to_recordset(given.enrolment) as e(relation oid, options jsonb)
    join pg_class c on c.oid = e.relation`,
  family: `
    select relation, relation as root, options, false as child from enrolled
    union select i.inhrelid, f.root, f.options, true from family f join pg_inherits i on i.inhparent = f.relation
      join pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p')`,
  ours: `
    select n.oid as schema from pg_namespace n, given where n.nspname in ('tenantry', 'identity') or n.nspname = any(given.schemas)
    union select schema from enrolled`,
  relations: `
    select c.oid as relation, c.oid::regclass::text as name, c.relkind as kind, c.relowner as owner, c.relnamespace as schema,
      c.reloptions as options, given.reviewed -> c.oid::regclass::text as reviewed,
      exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') as extension
    from given, pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`,
  held: `
    select h.role, h.role_name, h.kind as holder_kind, case h.holder when 0 then 'public' else h.holder::regrole::text end as grantee,
      r.relation, r.name, r.kind, a.privilege_type as privilege, a.is_grantable as grantable, null::name as column_name
    from relations r join pg_class c on c.oid = r.relation
    cross join aclexplode(c.relacl) a join holders h on h.holder = a.grantee
    where a.grantee <> r.owner
    union all
    select h.role, h.role_name, h.kind, case h.holder when 0 then 'public' else h.holder::regrole::text end,
      r.relation, r.name, r.kind, a.privilege_type, a.is_grantable, t.attname
    from relations r join pg_attribute t on t.attrelid = r.relation and t.attacl is not null and not t.attisdropped
    cross join aclexplode(t.attacl) a join holders h on h.holder = a.grantee
    where a.grantee <> r.owner`,
  callable: `
    select distinct h.role, h.role_name, h.kind, p.oid as function, p.oid::regprocedure::text as name,
      case h.holder when 0 then 'public' else h.holder::regrole::text end as grantee
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a join holders h on h.holder = a.grantee
    where n.nspname not in ('pg_catalog', 'information_schema') and a.grantee <> p.proowner
      and exists (
        select from aclexplode(n.nspacl) u join holders o on o.holder = u.grantee
        where o.role = h.role and u.privilege_type = 'USAGE'
      )`,
} as const

/** A rule's query with the views that it names, and those that they name, in front. */
export function withCatalogueViews(query: string): string {
  let text = query
  for (const [name, body] of Object.entries(views).reverse()) {
    // `given` holds the parameters, and PostgreSQL wants to see the type of each.
    if (name !== 'given' && !new RegExp(`\\b${name}\\b`).test(text)) continue
    const separator = text === query ? (query.startsWith(',') ? '' : ' ') : ', '
    text = `${name} as (${body}\n)${separator}${text}`
  }
  return `with recursive ${text}`
}

/** SQL: whether a column of that name exists on the relation. */
export const hasColumn = (relation: string, column: string): string =>
  `exists (select from pg_attribute t where t.attrelid = ${relation} and t.attname = '${column}' and not t.attisdropped)`
