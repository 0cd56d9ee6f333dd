import { hasColumn } from '../catalogue-views.ts'
import type { Weight } from '../report.ts'
import { type Rule, rule } from '../rule.ts'

interface Reached {
  readonly name: string
  readonly extension: boolean
  readonly roles: string
  readonly grantees: string
  readonly privileges: string
}

const summary = `string_agg(distinct h.role_name, ' and ') as roles, string_agg(distinct h.grantee, ', ') as grantees,
  string_agg(distinct lower(h.privilege), ', ') as privileges`

/** An extension's object is mended by whoever installed it, which on managed PostgreSQL is not us. */
const weightOf = ({ extension }: Reached): Weight => (extension ? 'outside' : 'leak')

/** Relations that a server's roles reach and must not. */
export const relationRules: readonly Rule[] = [
  rule<Reached>({
    name: 'partition-reachable',
    weight: 'leak',
    why: 'A partition read by its own name is held by its own policies only, not by those of the table it belongs to.',
    query: `select h.name, false as extension, ${summary} from held h join family f on f.relation = h.relation and f.child group by h.name`,
    finding: ({ name, roles, grantees, privileges }) => ({
      object: name,
      what: `It is a partition or child of an enrolled table, and ${roles} may ${privileges}.`,
      mend: `revoke all on ${name} from ${grantees}`,
    }),
  }),

  rule<Reached>({
    name: 'relation-without-tenant',
    weight: 'leak',
    why: 'What has no tenant_id is the same for all tenants: what one writes, all can read. Each such table is on the reviewed list, or unreachable.',
    query: `select h.name, r.extension, ${summary} from held h join relations r on r.relation = h.relation
      where h.kind in ('r', 'p') and h.privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') and r.reviewed is null
        and h.relation not in (select relation from family) and not ${hasColumn('h.relation', 'tenant_id')}
      group by h.name, r.extension`,
    finding: (row) => ({
      object: row.name,
      what: `It has no tenant_id, is not on the reviewed list, and ${row.roles} may ${row.privileges}.`,
      mend: `revoke all on ${row.name} from ${row.grantees}`,
      weight: weightOf(row),
    }),
  }),

  rule<Reached>({
    name: 'reviewed-exceeded',
    weight: 'leak',
    why: 'The table was reviewed for what its entry names; nobody looked at the privileges beyond that.',
    query: `select h.name, false as extension, ${summary} from held h join relations r on r.relation = h.relation
      where r.reviewed is not null and h.privilege in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        and not coalesce(r.reviewed -> h.holder_kind, '[]') ? lower(h.privilege)
      group by h.name`,
    finding: ({ name, roles, grantees, privileges }) => ({
      object: name,
      what: `${roles} may ${privileges}, which its entry in the reviewed list does not name.`,
      mend: `revoke ${privileges} on ${name} from ${grantees}`,
    }),
  }),

  rule<Reached>({
    name: 'view-not-invoker',
    weight: 'leak',
    why: "A view reads with its owner's rights unless it is security_invoker; a superuser's or a definer's view shows every tenant.",
    query: `select h.name, r.extension, ${summary} from held h join relations r on r.relation = h.relation
      where h.kind = 'v' and not exists (
        select from unnest(r.options) o where lower(o) in ('security_invoker=true', 'security_invoker=on', 'security_invoker=1', 'security_invoker=yes'))
      group by h.name, r.extension`,
    finding: (row) => ({
      object: row.name,
      what: `It is a view without security_invoker, and ${row.roles} may ${row.privileges}.`,
      mend: row.extension
        ? `revoke all on ${row.name} from ${row.grantees}`
        : `alter view ${row.name} set (security_invoker = true)`,
      weight: weightOf(row),
    }),
  }),

  rule<Reached & { kind: string }>({
    name: 'policy-less-relation',
    weight: 'leak',
    why: 'A materialized view or foreign table cannot have policies: whoever reads it reads all of it.',
    query: `select h.name, r.extension, case h.kind when 'm' then 'materialized view' else 'foreign table' end as kind, ${summary}
      from held h join relations r on r.relation = h.relation where h.kind in ('m', 'f') group by h.name, h.kind, r.extension`,
    finding: (row) => ({
      object: row.name,
      what: `It is a ${row.kind}, and ${row.roles} may ${row.privileges}.`,
      mend: `revoke all on ${row.name} from ${row.grantees}`,
      weight: weightOf(row),
    }),
  }),

  rule<{ role_name: string; name: string; grantee: string }>({
    name: 'catalogue-granted',
    weight: 'leak',
    why: "These hold password hashes, sampled column values of all tenants, large objects and other servers' logins.",
    query: `select distinct h.role_name, c.oid::regclass::text as name, case h.holder when 0 then 'public' else h.holder::regrole::text end as grantee
      from pg_class c cross join aclexplode(c.relacl) a join holders h on h.holder = a.grantee
      where c.relnamespace = 'pg_catalog'::regnamespace and c.relname in ('pg_authid', 'pg_statistic', 'pg_statistic_ext_data',
        'pg_largeobject', 'pg_user_mapping', 'pg_shadow', 'pg_file_settings', 'pg_hba_file_rules', 'pg_ident_file_mappings')`,
    finding: ({ role_name, name, grantee }) => ({
      object: name,
      what: `${role_name} may read it.`,
      mend: `revoke all on ${name} from ${grantee}`,
    }),
  }),
]
