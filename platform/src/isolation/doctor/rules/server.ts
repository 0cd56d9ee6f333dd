import { type Rule, rule } from '../rule.ts'

/** First releases without the row-security leaks known today, by major version; newer majors have always had the repairs. */
const versionFloors: Readonly<Record<number, number>> = { 15: 14, 16: 10, 17: 6 }

/** The release a server must be brought to, or undefined when it is recent enough. `server` is server_version_num. */
export function requiredVersion(server: number): string | undefined {
  const major = Math.floor(server / 10_000)
  if (major < 15) return '15.14'
  const floor = versionFloors[major]
  return floor !== undefined && server % 10_000 < floor ? `${major}.${floor}` : undefined
}

export const serverRules: readonly Rule[] = [
  rule<{ version: number }>({
    name: 'version-floor',
    weight: 'leak',
    why: 'Earlier releases show rows past their policies in some plans.',
    query: `select current_setting('server_version_num')::int as version`,
    finding: ({ version }) => {
      const required = requiredVersion(version)
      return (
        required !== undefined && {
          object: 'server',
          what: `PostgreSQL ${Math.floor(version / 10_000)}.${version % 10_000} has known row-security leaks.`,
          mend: `-- update the server to ${required} or later`,
        }
      )
    },
  }),

  rule<{ target: string; alter: string; setting: string }>({
    name: 'context-preset',
    weight: 'leak',
    why: 'A preset context makes every statement without a scope run as that tenant, where it must return nothing.',
    query: `${presets()} select target, alter, setting from presets where setting like 'tenantry.%'`,
    finding: ({ target, alter, setting }) => ({
      object: target,
      what: `It presets ${setting}.`,
      mend: `${alter} reset ${setting}`,
    }),
  }),

  rule<{ target: string; alter: string; setting: string; value: string }>({
    name: 'weakening-preset',
    weight: 'weak',
    why: 'These settings switch off row security (every query then fails), triggers and foreign keys, or change the role on login.',
    query: `${presets()} select target, alter, setting, value from presets
      where (setting = 'row_security' and lower(value) in ('off', 'false', 'no', '0'))
        or (setting = 'session_replication_role' and value <> 'origin') or setting = 'role'`,
    finding: ({ target, alter, setting, value }) => ({
      object: target,
      what: `It presets ${setting} = ${value}.`,
      mend: `${alter} reset ${setting}`,
    }),
  }),

  rule<{ role_name: string; grantee: string; parameter: string }>({
    name: 'parameter-granted',
    weight: 'leak',
    why: 'Parameters that need a grant are those that switch off checks: session_replication_role stops triggers and foreign keys.',
    query: `select distinct h.role_name, case h.holder when 0 then 'public' else h.holder::regrole::text end as grantee,
        p.parname as parameter
      from pg_parameter_acl p cross join aclexplode(p.paracl) a join holders h on h.holder = a.grantee`,
    finding: ({ role_name, grantee, parameter }) => ({
      object: `parameter ${parameter}`,
      what: `${role_name} may set it.`,
      mend: `revoke all on parameter ${parameter} from ${grantee}`,
    }),
  }),

  rule<{ publication: string; tables: string; drop: string }>({
    name: 'publication',
    weight: 'outside',
    why: 'Logical replication sends rows past every policy: the subscriber holds all tenants.',
    query: `select quote_ident(p.pubname) as publication, string_agg(f.relation::regclass::text, ', ' order by 1) as tables
      from pg_publication p join pg_publication_tables t on t.pubname = p.pubname
      join pg_namespace n on n.nspname = t.schemaname
      join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename join family f on f.relation = c.oid group by p.pubname`,
    finding: ({ publication, tables }) => ({
      object: `publication ${publication}`,
      what: `It publishes ${tables}.`,
      mend: `drop publication ${publication}`,
    }),
  }),

  rule<{ role_name: string; kind: string; name: string; grantee: string }>({
    name: 'foreign-server-usable',
    weight: 'leak',
    why: 'Through a foreign server the role runs statements under another login, outside the context.',
    query: `select distinct h.role_name, s.kind, s.name, case h.holder when 0 then 'public' else h.holder::regrole::text end as grantee
      from (
        select 'foreign server' as kind, quote_ident(srvname) as name, srvacl as acl from pg_foreign_server
        union all select 'foreign data wrapper', quote_ident(fdwname), fdwacl from pg_foreign_data_wrapper
      ) s cross join aclexplode(s.acl) a join holders h on h.holder = a.grantee
      where a.privilege_type = 'USAGE'`,
    finding: ({ role_name, kind, name, grantee }) => ({
      object: `${kind} ${name}`,
      what: `${role_name} may use it.`,
      mend: `revoke usage on ${kind} ${name} from ${grantee}`,
    }),
  }),
]

/** Settings that come with a login: of the roles of this installation, of this database, of everybody. */
function presets(): string {
  return `, presets as (
    select case when s.setrole = 0 and s.setdatabase = 0 then 'role all'
        when s.setrole = 0 then 'database ' || quote_ident(d.datname)
        when s.setdatabase = 0 then 'role ' || quote_ident(r.rolname)
        else 'role ' || quote_ident(r.rolname) || ' in database ' || quote_ident(d.datname) end as target,
      case when s.setrole = 0 and s.setdatabase <> 0 then 'alter database ' || quote_ident(d.datname)
        else 'alter role ' || coalesce(quote_ident(r.rolname), 'all') || coalesce(' in database ' || quote_ident(d.datname), '') end as alter,
      split_part(c.entry, '=', 1) as setting, substr(c.entry, strpos(c.entry, '=') + 1) as value
    from given, pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
    cross join unnest(s.setconfig) as c(entry)
    where (s.setdatabase = 0 or d.datname = current_database())
      and (s.setrole = 0 or r.rolname in (given.app, given.directory, given.identity, given.owner))
  )`
}
