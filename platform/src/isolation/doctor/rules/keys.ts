import { type Rule, rule } from '../rule.ts'

interface Constraint {
  readonly name: string
  readonly constraint: string
  readonly definition: string
}

const tenantColumn = (relation: string): string =>
  `(select attnum from pg_attribute where attrelid = ${relation} and attname = 'tenant_id' and not attisdropped)`

/** A constraint of a partition that comes from its parent's is mended there. */
const foreignKeys = `select f.relation::regclass::text as name, quote_ident(k.conname) as constraint, pg_get_constraintdef(k.oid) as definition
  from family f join pg_constraint k on k.conrelid = f.relation and k.contype = 'f' and k.conparentid = 0`

const otherColumns = `(select string_agg(quote_ident(t.attname), ', ') from pg_attribute t
  where t.attrelid = k.conrelid and t.attnum = any(k.conkey) and t.attname <> 'tenant_id') as others`

export const keyRules: readonly Rule[] = [
  rule<Constraint>({
    name: 'foreign-key-without-tenant',
    weight: 'leak',
    why: "It tells whether another tenant's id exists, cascades into other tenants, and lets an open transaction of one block another.",
    query: `${foreignKeys} where k.confrelid in (select relation from family) and not exists (
        select from unnest(k.conkey, k.confkey) as pair(own, other)
        where pair.own = ${tenantColumn('k.conrelid')} and pair.other = ${tenantColumn('k.confrelid')})`,
    finding: ({ name, constraint, definition }) => ({
      object: name,
      what: `The foreign key ${constraint} does not hold the tenant on both sides: ${definition}.`,
      mend:
        `alter table ${name} drop constraint ${constraint}, add constraint ${constraint} ` +
        definition.replace(/^FOREIGN KEY \(/, 'foreign key (tenant_id, ').replace(/(REFERENCES [^(]+\()/, '$1tenant_id, '),
    }),
  }),

  rule<Constraint & { others: string }>({
    name: 'foreign-key-nulls-tenant',
    weight: 'leak',
    why: 'Deleting the parent would take the row out of its tenant, or move it into whichever tenant is the context.',
    query: `${foreignKeys.replace('select', `select ${otherColumns},`)} where ${tenantColumn('k.conrelid')} = any(k.conkey) and (
        (k.confdeltype in ('n', 'd') and (k.confdelsetcols is null or ${tenantColumn('k.conrelid')} = any(k.confdelsetcols)))
        or k.confupdtype in ('n', 'd'))`,
    finding: ({ name, constraint, definition, others }) => ({
      object: name,
      what: `The foreign key ${constraint} sets tenant_id too: ${definition}.`,
      mend:
        `alter table ${name} drop constraint ${constraint}, add constraint ${constraint} ` +
        definition
          .replace(/ ON UPDATE SET (NULL|DEFAULT)/, '')
          .replace(/ON DELETE SET (NULL|DEFAULT)( \([^)]*\))?/, `on delete set null (${others})`),
    }),
  }),

  rule<{ name: string; index: string; constraint: string | null; definition: string }>({
    name: 'unique-without-tenant',
    weight: 'leak',
    why: "A refused insert tells that another tenant has the value, and two tenants' transactions wait for each other.",
    query: `select f.relation::regclass::text as name, i.indexrelid::regclass::text as index, quote_ident(k.conname) as constraint,
        coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid)) as definition
      from given, family f join pg_index i on i.indrelid = f.relation and (i.indisunique or i.indisexclusion)
      left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
      where not (${tenantColumn('f.relation')} = any((i.indkey::int2[])[0:i.indnkeyatts - 1]))
        and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
        and not coalesce(i.indnkeyatts = 1 and f.relation::regclass::text || '.'
          || (select quote_ident(attname) from pg_attribute where attrelid = f.relation and attnum = i.indkey[0]) = any(given.global_uniques), false)`,
    finding: ({ name, index, constraint, definition }) => ({
      object: name,
      what: `The unique index ${index} does not contain tenant_id: ${definition}.`,
      mend:
        constraint === null
          ? `drop index ${index}; ${definition.replace(/ USING (\w+) \(/, ' using $1 (tenant_id, ')}`
          : `alter table ${name} drop constraint ${constraint}, add constraint ${constraint} ` +
            definition.replace(/\(/, definition.startsWith('EXCLUDE') ? '(tenant_id with =, ' : '(tenant_id, '),
    }),
  }),

  rule<{ name: string; index: string }>({
    name: 'index-invalid',
    weight: 'weak',
    why: 'An invalid index serves no query, and a unique one may hold duplicates; it is what a failed concurrent build leaves.',
    query: `select r.name, i.indexrelid::regclass::text as index from relations r join pg_index i on i.indrelid = r.relation
      where not (i.indisvalid and i.indisready)
        and (r.schema in (select schema from ours) or exists (select from held h where h.relation = r.relation))`,
    finding: ({ name, index }) => ({
      object: name,
      what: `The index ${index} is not valid.`,
      mend: `reindex index concurrently ${index}`,
    }),
  }),

  rule<Constraint>({
    name: 'constraint-not-validated',
    weight: 'weak',
    why: 'Rows from before the constraint may break it: a child may name a parent that is not there.',
    query: `select f.relation::regclass::text as name, quote_ident(k.conname) as constraint, pg_get_constraintdef(k.oid) as definition
      from family f join pg_constraint k on k.conrelid = f.relation and not k.convalidated and k.conparentid = 0`,
    finding: ({ name, constraint, definition }) => ({
      object: name,
      what: `The constraint ${constraint} is not validated: ${definition}.`,
      mend: `alter table ${name} validate constraint ${constraint}`,
    }),
  }),
]
