import { type Rule, rule } from '../rule.ts'

interface Granted {
  readonly name: string
  readonly roles: string
  readonly grantees: string
  readonly privileges: string
}

const granted = `h.name, string_agg(distinct h.role_name, ' and ') as roles, string_agg(distinct h.grantee, ', ') as grantees,
  string_agg(distinct lower(h.privilege), ', ') as privileges`

const grantedOn = (objects: string, object: string): string =>
  `select ${object} as name, string_agg(distinct h.role_name, ' and ') as roles,
     string_agg(distinct case h.holder when 0 then 'public' else h.holder::regrole::text end, ', ') as grantees,
     string_agg(distinct lower(a.privilege_type), ', ') as privileges
   from ${objects} a join holders h on h.holder = a.grantee`

const revoke = ({ name, privileges, grantees }: Granted, kind = '') => `revoke ${privileges} on ${kind}${name} from ${grantees}`

/** Privileges that no role of a server needs, and those beyond what an enrolment records. */
export const grantRules: readonly Rule[] = [
  rule<Granted>({
    name: 'grant-past-policies',
    weight: 'leak',
    why: 'TRUNCATE empties all tenants at once, REFERENCES probes for rows, TRIGGER runs code in the writes of others; policies hold none of them.',
    query: `select ${granted} from held h where h.kind not in ('S') and h.privilege in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
      and h.relation not in (select relation from family where child) group by h.name`,
    finding: (row) => ({ object: row.name, what: `${row.roles} may ${row.privileges}.`, mend: revoke(row) }),
  }),

  rule<Granted>({
    name: 'grant-maintain',
    weight: 'leak',
    why: 'MAINTAIN (PostgreSQL 17) locks the table for all tenants: REINDEX, CLUSTER, REFRESH and LOCK TABLE ask for nothing else.',
    query: `select ${granted} from held h where h.privilege = 'MAINTAIN'
      and h.relation not in (select relation from family where child) group by h.name`,
    finding: (row) => ({ object: row.name, what: `${row.roles} may maintain it.`, mend: revoke(row) }),
  }),

  rule<Granted>({
    name: 'grant-option',
    weight: 'weak',
    why: 'A role that may pass its privileges on makes grants that no migration shows.',
    query: `select ${granted} from held h where h.grantable and h.relation not in (select relation from family where child) group by h.name`,
    finding: (row) => ({
      object: row.name,
      what: `${row.roles} may pass on ${row.privileges}.`,
      mend: `revoke grant option for ${row.privileges} on ${row.name} from ${row.grantees} cascade`,
    }),
  }),

  rule<Granted>({
    name: 'sequence-setval',
    weight: 'leak',
    why: 'setval sets the numbers of all tenants back and makes their next inserts collide.',
    query: `select ${granted} from held h where h.kind = 'S' and h.privilege = 'UPDATE' group by h.name`,
    finding: (row) => ({ object: row.name, what: `${row.roles} may setval.`, mend: revoke(row, 'sequence ') }),
  }),

  rule<Granted & { access: string }>({
    name: 'access-exceeded',
    weight: 'weak',
    why: 'A record that the app may only append to, or only read, is worth its word only while the app cannot change it.',
    query: `select ${granted}, coalesce(f.options ->> 'access', 'full') as access from held h join enrolled f on f.relation = h.relation
      where h.holder_kind = 'app' and h.privilege in ('INSERT', 'UPDATE', 'DELETE')
        and h.privilege <> all(case f.options ->> 'access' when 'append' then array['INSERT'] when 'read' then '{}'::text[]
          else array['INSERT', 'UPDATE', 'DELETE'] end)
      group by h.name, f.options ->> 'access'`,
    finding: (row) => ({
      object: row.name,
      what: `It is enrolled with access ${row.access}, and ${row.roles} may ${row.privileges}.`,
      mend: revoke(row),
    }),
  }),

  rule<Granted & { column: string | null }>({
    name: 'directory-beyond-record',
    weight: 'leak',
    why: "The directory role's policy shows every tenant's rows: only the recorded columns stand between it and their content.",
    query: `select ${granted}, quote_ident(h.column_name) as column from held h join enrolled f on f.relation = h.relation
      where h.holder_kind = 'directory' and h.privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        and not (h.privilege = 'SELECT' and coalesce(h.column_name = 'tenant_id' or f.options -> 'directory' ? h.column_name, false)
          and jsonb_array_length(coalesce(nullif(f.options -> 'directory', 'null'), '[]')) > 0)
      group by h.name, h.column_name`,
    finding: (row) => ({
      object: row.name,
      what: `${row.roles} may ${row.privileges} ${row.column === null ? 'all its columns' : `its column ${row.column}`}, which its enrolment does not record.`,
      mend: `revoke ${row.privileges.replaceAll(/\w+/g, (word) => (row.column === null ? word : `${word} (${row.column})`))} on ${row.name} from ${row.grantees}`,
    }),
  }),

  rule<Granted>({
    name: 'schema-create',
    weight: 'leak',
    why: 'Who may create objects in a schema puts a function or table of the same name in front of ours.',
    query: `${grantedOn("(select n.nspname, e.* from pg_namespace n cross join aclexplode(n.nspacl) e where n.nspname !~ '^pg_(toast|temp)' and e.grantee <> n.nspowner)", 'quote_ident(a.nspname)')}
      where a.privilege_type = 'CREATE' group by a.nspname`,
    finding: (row) => ({ object: `schema ${row.name}`, what: `${row.roles} may create in it.`, mend: revoke(row, 'schema ') }),
  }),

  rule<Granted>({
    name: 'database-create',
    weight: 'leak',
    why: 'Who may create schemas owns what is in them, and no policy of ours holds an owner.',
    query: database('CREATE'),
    finding: (row) => ({
      object: `database ${row.name}`,
      what: `${row.roles} may create schemas.`,
      mend: revoke(row, 'database '),
    }),
  }),

  rule<Granted>({
    name: 'database-temporary',
    weight: 'leak',
    why: 'A temporary table stands in front of a real one of the same name, in our SECURITY DEFINER functions too, and outlives a pooled scope.',
    query: database('TEMPORARY'),
    finding: (row) => ({
      object: `database ${row.name}`,
      what: `${row.roles} may create temporary tables.`,
      mend: revoke(row, 'database '),
    }),
  }),

  rule<Granted & { grantor: string; schema: string | null; objects: string }>({
    name: 'default-privileges',
    weight: 'leak',
    why: 'The next table is handed out the moment it is created, before it is enrolled, and every partition with it.',
    query: `select quote_ident(o.rolname) as grantor, quote_ident(n.nspname) as schema,
        case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' else 'schemas' end as objects,
        '' as name, string_agg(distinct h.role_name, ' and ') as roles,
        string_agg(distinct case h.holder when 0 then 'public' else h.holder::regrole::text end, ', ') as grantees,
        string_agg(distinct lower(a.privilege_type), ', ') as privileges
      from pg_default_acl d join pg_roles o on o.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace
      cross join aclexplode(d.defaclacl) a join holders h on h.holder = a.grantee
      where d.defaclobjtype in ('r', 'S', 'n') and a.grantee <> d.defaclrole group by o.rolname, n.nspname, d.defaclobjtype`,
    finding: (row) => ({
      object: `default privileges of ${row.grantor}${row.schema === null ? '' : ` in ${row.schema}`}`,
      what: `${row.roles} gets ${row.privileges} on new ${row.objects}.`,
      mend:
        `alter default privileges for role ${row.grantor}${row.schema === null ? '' : ` in schema ${row.schema}`} ` +
        `revoke all on ${row.objects} from ${row.grantees}`,
    }),
  }),
]

function database(privilege: string): string {
  return `${grantedOn("(select d.datname, e.* from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) e where d.datname = current_database() and e.grantee <> d.datdba)", 'quote_ident(a.datname)')}
    where a.privilege_type = '${privilege}' group by a.datname`
}
