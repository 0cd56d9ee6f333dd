import { withCatalogueViews } from './catalogue-views.ts'
import { type AcceptedFinding, type Finding, type Report, reportOf } from './report.ts'
import { globalUniques, type ReviewedRelation, reviewedFunctions, reviewedRelations } from './reviewed.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules.ts'

/** One connection (a `pg.Client`, or a client taken from a pool), not a pool: the examination is one transaction. */
export interface CatalogueClient {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export interface ExamineOptions {
  readonly appRole: string
  readonly directoryRole: string
  readonly identityRole: string
  readonly ownerRole: string
  /** Schemas to examine although nothing in them is enrolled or reachable. `tenantry` and those of enrolled tables always are. */
  readonly schemas?: readonly string[]
  /** `outside` findings that were looked at and are lived with. */
  readonly accepted?: readonly AcceptedFinding[]
  /** An application's own tables that belong to no tenant, beside the platform's. */
  readonly reviewed?: readonly ReviewedRelation[]
  /** An application's own `schema.table.column` that are unique across tenants on purpose. */
  readonly globalUniques?: readonly string[]
}

/** As long as the lint may take; the catalogue of a database with tens of thousands of partitions is large. */
const timeout = '60s'

/**
 * Asks the catalogue whether the walls between tenants stand: every enrolled table, the examined schemas, and all that the
 * app, directory and identity roles can reach. Reads only what every role may read, so it works as the app and as the owner; changes nothing.
 * Throws what PostgreSQL throws when the connection fails; findings are never thrown.
 *
 * @example
 * const report = await examine(client, { appRole: 'acme_app', directoryRole: 'acme_directory', identityRole: 'acme_identity', ownerRole: 'acme_owner' })
 * if (report.verdict === 'leak') process.exit(1)
 */
export async function examine(client: CatalogueClient, options: ExamineOptions): Promise<Report> {
  await client.query('begin transaction isolation level repeatable read, read only')
  try {
    return await examineInTransaction(client, options)
  } finally {
    await client.query('rollback')
  }
}

/** The same inside a transaction of the caller's, whose uncommitted changes it sees: a migration checked before it commits. */
export async function examineInTransaction(client: CatalogueClient, options: ExamineOptions): Promise<Report> {
  // PostgreSQL prints a name without its schema if the search path finds it; the texts compared here always have it.
  await client.query(`select set_config('search_path', 'pg_catalog', true), set_config('statement_timeout', '${timeout}', true)`)
  const values = await viewValues(client, options)
  const found: Finding[] = []
  for (const rule of rules) found.push(...(await ask(client, rule, values)))
  return reportOf(found, options.accepted ?? [], { rules: rules.length, ...(await count(client, values)) })
}

async function ask(client: CatalogueClient, rule: Rule, values: unknown[]): Promise<Finding[]> {
  const { rows } = await client.query(withCatalogueViews(rule.query), values).catch((cause: unknown) => {
    throw new Error(`The rule ${rule.name} could not be asked.`, { cause })
  })
  return rows.flatMap((row) => {
    const evidence = rule.finding(row as Record<string, unknown>)
    return evidence === false ? [] : [{ rule: rule.name, weight: rule.weight, why: rule.why, ...evidence }]
  })
}

async function viewValues(client: CatalogueClient, options: ExamineOptions): Promise<unknown[]> {
  const reviewed = [...reviewedRelations, ...(options.reviewed ?? [])]
  const record = await readEnrolment(client)
  return [
    options.appRole,
    options.directoryRole,
    options.ownerRole,
    options.schemas ?? [],
    record === undefined ? null : JSON.stringify(record),
    JSON.stringify(
      Object.fromEntries(
        reviewed.map(({ relation, app = [], directory = [], identity = [] }) => [relation, { app, directory, identity }]),
      ),
    ),
    [...globalUniques, ...(options.globalUniques ?? [])],
    reviewedFunctions,
    options.identityRole,
  ]
}

/** Undefined when there is no record or this role may not read it; a rule reports that. */
async function readEnrolment(client: CatalogueClient): Promise<unknown[] | undefined> {
  const readable = await client.query(
    `select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'tenantry' and c.relname = 'enrolment'
       and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`,
  )
  if (readable.rows.length === 0) return undefined
  const { rows } = await client.query('select relation::oid::text as relation, options from tenantry.enrolment')
  return rows
}

async function count(client: CatalogueClient, values: unknown[]): Promise<{ relations: number; enrolled: number }> {
  const { rows } = await client.query(
    withCatalogueViews(
      `select (select count(*)::int from enrolled) as enrolled, count(*)::int as relations from relations r
       where r.schema in (select schema from ours) or exists (select from held h where h.relation = r.relation)`,
    ),
    values,
  )
  return rows[0] as { relations: number; enrolled: number }
}
