import { directoryPolicy, literal, realmPolicy } from '../canonical.ts'
import { type Rule, rule } from '../rule.ts'

const tables = `pg_class c where c.relnamespace = to_regnamespace('identity') and c.relkind in ('r', 'p')`

const canonical = `p.polname = ${literal(realmPolicy.name)} and p.polcmd = '*' and p.polroles = '{0}'
  and pg_get_expr(p.polqual, p.polrelid) = ${literal(realmPolicy.expression)}
  and pg_get_expr(p.polwithcheck, p.polrelid) = ${literal(realmPolicy.expression)}`

/** The one table of which the directory reads rows of all realms. */
const ofDirectory = `c.oid::regclass::text = 'identity.session' and p.polname = ${literal(directoryPolicy.name)} and p.polcmd = 'r'
  and p.polroles = (select array_agg(role) from reachers where kind = 'directory')`

/** Persons: held by their realm as rows of tenants are by their tenant, and reached by one role. */
export const realmRules: readonly Rule[] = [
  rule<{ name: string; policies: readonly string[] }>({
    name: 'realm-policy',
    weight: 'leak',
    why: 'An address is one person within a realm: without the one canonical policy, forced, a sign-in finds the person of another realm.',
    query: `select c.oid::regclass::text as name,
        array(select quote_ident(p.polname) from pg_policy p where p.polrelid = c.oid and not (${ofDirectory}) order by 1) as policies
      from ${tables} and not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and ${canonical})
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and not (${canonical}) and not (${ofDirectory})))`,
    finding: ({ name, policies }) => ({
      object: name,
      what: `It is not under the policy ${realmPolicy.name} alone, forced (${policies.join(', ') || 'no policy'}).`,
      mend: [
        `alter table ${name} enable row level security, force row level security`,
        ...policies.map((policy) => `drop policy ${policy} on ${name}`),
        `create policy ${realmPolicy.name} on ${name} using (${realmPolicy.source}) with check (${realmPolicy.source})`,
      ].join('; '),
    }),
  }),

  rule<{ name: string; index: string; definition: string }>({
    name: 'realm-key',
    weight: 'leak',
    why: 'A unique index without the realm tells one realm that another has the address, and makes both wait for each other.',
    query: `select c.oid::regclass::text as name, i.indexrelid::regclass::text as index, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i, ${tables} and i.indrelid = c.oid and i.indisunique and not exists (
        select from pg_attribute t where t.attrelid = c.oid and t.attname = 'realm_id' and t.attnum = any(i.indkey))`,
    finding: ({ name, index, definition }) => ({
      object: name,
      what: `The unique index ${index} does not have the realm: ${definition}.`,
      mend: `drop index ${index}; ${definition.replace(/ USING (\w+) \(/, ' using $1 (realm_id, ')}`,
    }),
  }),

  rule<{ name: string; role_name: string; grantee: string; privileges: string }>({
    name: 'realm-reach',
    weight: 'leak',
    why: 'Whoever breaks in through sign-in must find no tenant: a context is one set_config away.',
    query: `select h.name, h.role_name, h.grantee, string_agg(distinct lower(h.privilege), ', ') as privileges
      from held h join family f on f.relation = h.relation
      where h.holder_kind = 'identity' and h.grantee <> 'public'
      group by h.name, h.role_name, h.grantee`,
    finding: ({ name, role_name, grantee, privileges }) => ({
      object: name,
      what: `It belongs to tenants, and ${role_name} may ${privileges}.`,
      mend: `revoke all on ${name} from ${grantee}`,
    }),
  }),
]
