import { literal } from '../canonical.ts'
import { type Rule, rule } from '../rule.ts'

/** The default that enrol gives to tenant_id: the context's tenant or an error. */
const tenantDefault = 'tenantry.tenant_id()'

/** Days of partitions that must lie ahead: a month of maintenance that did not run. */
const runwayDays = 30

/** The triggers behind each switch of an enrolment: option, commands, function. */
const switches = [
  ['audit', ['insert', 'update', 'delete'], 'audit_rows'],
  ['counts', ['insert', 'delete'], 'count_rows'],
  ['search', ['insert', 'update', 'delete'], 'index_words'],
  ['directory', ['insert', 'update', 'delete'], 'stamp_change'],
] as const

/** What enrolment recorded and the catalogue no longer holds. */
export const recordRules: readonly Rule[] = [
  rule<{ missing: boolean; asker: string }>({
    name: 'enrolment-unreadable',
    weight: 'leak',
    why: 'The record says which tables are tenant-owned; without it nothing else here can be judged.',
    query: `select not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'tenantry' and c.relname = 'enrolment') as missing,
        quote_ident(current_user) as asker
      from given where given.enrolment is null`,
    finding: ({ missing, asker }) => ({
      object: 'tenantry.enrolment',
      what: missing ? 'The record of enrolments does not exist.' : `${asker} may not read the record of enrolments.`,
      mend: missing
        ? '-- tenantry migrate'
        : `grant usage on schema tenantry to ${asker}; grant select on tenantry.enrolment to ${asker}`,
    }),
  }),

  rule<{ relation: string }>({
    name: 'enrolment-dangling',
    weight: 'weak',
    why: 'The table was dropped behind the record, and perhaps made again without being enrolled.',
    query: `select e.relation::text as relation from given, jsonb_to_recordset(given.enrolment) as e(relation oid)
      where not exists (select from pg_class c where c.oid = e.relation)`,
    finding: ({ relation }) => ({
      object: 'tenantry.enrolment',
      what: `It records a table that is gone (oid ${relation}).`,
      mend: `delete from tenantry.enrolment where relation = ${relation}`,
    }),
  }),

  rule<{ name: string; found: string | null }>({
    name: 'tenant-id-default',
    weight: 'weak',
    why: 'Code that writes rows then has to name the tenant itself, which is where the wrong one gets in.',
    query: `select e.relation::regclass::text as name, pg_get_expr(d.adbin, d.adrelid) as found from enrolled e
      join pg_attribute t on t.attrelid = e.relation and t.attname = 'tenant_id' and not t.attisdropped
      left join pg_attrdef d on d.adrelid = t.attrelid and d.adnum = t.attnum
      where t.attgenerated = '' and pg_get_expr(d.adbin, d.adrelid) is distinct from ${literal(tenantDefault)}`,
    finding: ({ name, found }) => ({
      object: name,
      what: found === null ? 'Its tenant_id has lost its default.' : `Its tenant_id is filled by ${found}.`,
      mend: `alter table ${name} alter column tenant_id set default ${tenantDefault}`,
    }),
  }),

  rule<{ name: string; trigger: string }>({
    name: 'trigger-disabled',
    weight: 'weak',
    why: 'Audit, quotas, search and the guards of the tenant are triggers: while one is off, they silently stop.',
    query: `select f.relation::regclass::text as name, quote_ident(t.tgname) as trigger from family f
      join pg_trigger t on t.tgrelid = f.relation and t.tgenabled in ('D', 'R') and t.tgparentid = 0`,
    finding: ({ name, trigger }) => ({
      object: name,
      what: `Its trigger ${trigger} is disabled.`,
      mend: `alter table ${name} enable trigger ${trigger}`,
    }),
  }),

  rule<{ name: string; triggers: string }>({
    name: 'trigger-missing',
    weight: 'weak',
    why: 'Audit, quotas, search and the guards of the tenant are triggers: what enrolment recorded is not done where one is gone.',
    query: `, wanted as (
        select relation, 'tenantry_no_truncate' as trigger, 'refuse_truncate' as function from family
        union all select relation, 'tenantry_tenant_fixed', 'refuse_tenant_change' from enrolled
        union all select e.relation, format('tenantry_%s_%s', s.switch, s.event), s.function
          from enrolled e join (values ${switchTriggers()}) as s(switch, event, function)
            on coalesce(nullif(e.options -> s.switch, 'null'), '[]') not in ('[]', 'false')
      )
      select w.relation::regclass::text as name, string_agg(w.trigger, ', ' order by w.trigger) as triggers from wanted w
      where not exists (select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = w.relation and t.tgname = w.trigger and p.proname = w.function and p.pronamespace = to_regnamespace('tenantry'))
      group by w.relation`,
    finding: ({ name, triggers }) => ({
      object: name,
      what: `It lacks ${triggers}, or they call something else.`,
      mend: `select tenantry.install_switches(coalesce((select inhparent from pg_inherits where inhrelid = ${regclass(name)}), ${regclass(name)}))`,
    }),
  }),

  rule<{ name: string; until: string | null }>({
    name: 'partition-runway',
    weight: 'weak',
    why: 'Rows for which there is no partition are refused: when the last one is full, writing stops.',
    query: `, bounds as (
        select e.relation, max(case when b.bound ~ 'TO \\(MAXVALUE\\)' or b.bound = 'DEFAULT' then 'infinity'
          else (regexp_match(b.bound, $$TO \\('([^']+)'\\)$$))[1] end::timestamptz) as until
        from enrolled e join pg_partitioned_table p on p.partrelid = e.relation and p.partstrat = 'r' and p.partnatts = 1
        join pg_attribute t on t.attrelid = e.relation and t.attnum = p.partattrs[0]
          and t.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
        left join pg_inherits i on i.inhparent = e.relation
        left join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound from pg_class c where c.oid = i.inhrelid) b on true
        group by e.relation
      )
      select relation::regclass::text as name, to_char(until at time zone 'UTC', 'YYYY-MM-DD') as until from bounds
      where coalesce(until, '-infinity') < clock_timestamp() + interval '${runwayDays} days'`,
    finding: ({ name, until }) => ({
      object: name,
      what: until === null ? 'It has no partition.' : `Its partitions end on ${until}.`,
      mend: `select tenantry.make_partitions('3 months')`,
    }),
  }),
]

function switchTriggers(): string {
  return switches.flatMap(([option, events, name]) => events.map((event) => `('${option}', '${event}', '${name}')`)).join(', ')
}

const regclass = (name: string): string => `${literal(name)}::regclass`
