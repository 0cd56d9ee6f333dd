import { hasColumn } from '../catalogue-views.ts'
import { disposableRelations } from '../reviewed.ts'
import { type Rule, rule } from '../rule.ts'

interface Table {
  readonly name: string
}

export const rowSecurityRules: readonly Rule[] = [
  rule<Table>({
    name: 'row-security-off',
    weight: 'leak',
    why: 'Without row security the policies are decoration: every statement sees every tenant.',
    query: `select f.relation::regclass::text as name from family f join pg_class c on c.oid = f.relation where not c.relrowsecurity`,
    finding: ({ name }) => ({
      object: name,
      what: 'Row security is off.',
      mend: `alter table ${name} enable row level security`,
    }),
  }),

  rule<Table>({
    name: 'row-security-not-forced',
    weight: 'leak',
    why: 'Without FORCE the owner, and every SECURITY DEFINER function of the owner, sees every tenant.',
    query: `select f.relation::regclass::text as name from family f join pg_class c on c.oid = f.relation where not c.relforcerowsecurity`,
    finding: ({ name }) => ({
      object: name,
      what: 'Row security is not forced.',
      mend: `alter table ${name} force row level security`,
    }),
  }),

  rule<Table & { reached: boolean }>({
    name: 'not-enrolled',
    weight: 'leak',
    why: 'A table with a tenant_id that did not come through enroll (a copy by LIKE, a staging table) has no policy, forced or otherwise.',
    query: `select r.name, exists (select from held h where h.relation = r.relation) as reached
      from relations r where r.kind in ('r', 'p') and ${hasColumn('r.relation', 'tenant_id')}
        and r.relation not in (select relation from family) and r.reviewed is null
        and (r.schema in (select schema from ours) or exists (select from held h where h.relation = r.relation))`,
    finding: ({ name, reached }) => ({
      object: name,
      what: `It has a tenant_id and is not enrolled${reached ? '' : '; no role of a server reaches it yet'}.`,
      mend: `select tenantry.enroll('${name.replaceAll("'", "''")}')`,
      weight: reached ? 'leak' : 'weak',
    }),
  }),

  rule<Table>({
    name: 'tenant-id-column',
    weight: 'leak',
    why: 'A row without a tenant belongs to nobody: no policy shows it, no erasure finds it, and a foreign key with a null in it is not checked.',
    query: `select f.relation::regclass::text as name from family f
      where not exists (select from pg_attribute t where t.attrelid = f.relation and t.attname = 'tenant_id' and not t.attisdropped
        and t.attnotnull and t.atttypid = 'uuid'::regtype)`,
    finding: ({ name }) => ({
      object: name,
      what: 'Its tenant_id is missing, nullable or no uuid.',
      mend: `alter table ${name} alter column tenant_id set not null`,
    }),
  }),

  rule<Table & { rule_name: string }>({
    name: 'rewrite-rule',
    weight: 'leak',
    why: "A rewrite rule runs with the rights of the table's owner and can copy rows to where no policy looks.",
    query: `select f.relation::regclass::text as name, quote_ident(w.rulename) as rule_name
      from family f join pg_rewrite w on w.ev_class = f.relation`,
    finding: ({ name, rule_name }) => ({
      object: name,
      what: `It has the rewrite rule ${rule_name}.`,
      mend: `drop rule ${rule_name} on ${name}`,
    }),
  }),

  rule<Table>({
    name: 'unlogged',
    weight: 'weak',
    why: 'An unlogged table is empty after a crash and is not in replicas or backups taken from them.',
    query: `select f.relation::regclass::text as name from family f join pg_class c on c.oid = f.relation where c.relpersistence = 'u'
      and f.relation::regclass::text not in (${disposableRelations.map((name) => `'${name}'`).join(', ')})`,
    finding: ({ name }) => ({ object: name, what: 'It is unlogged.', mend: `alter table ${name} set logged` }),
  }),
]
