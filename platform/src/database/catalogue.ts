import { createHash } from 'node:crypto'
import pg from 'pg'
import { catalogueQueries, functionQuery } from './catalogue-queries.ts'
import type { RoleNames } from './role-names.ts'

interface CatalogueRow {
  readonly object: string
  readonly line: string | null
  readonly body?: string
}

/**
 * Everything that the migrations made, as text in a fixed order: tables, columns, constraints, policies, grants, functions.
 * The same for every supported PostgreSQL and every prefix of role names, so that two databases are alike if their texts are.
 *
 * @param url any role may read the catalogue
 */
export async function readCatalogue(url: string, names: RoleNames): Promise<string> {
  const client = new pg.Client({ connectionString: url, application_name: 'tenantry catalogue' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    return await catalogueOf(client, names)
  } finally {
    await client.end()
  }
}

/** The catalogue as the client's open transaction sees it. */
export async function catalogueOf(client: pg.Client, names: RoleNames): Promise<string> {
  await client.query(`set local search_path = ''`)
  const objects = new Map<string, string[]>()
  for (const query of [...catalogueQueries, functionQuery]) {
    const { rows } = await client.query<CatalogueRow>(query)
    for (const row of rows) append(objects, row.object, linesOf(row, names))
  }
  return render(objects)
}

function append(objects: Map<string, string[]>, object: string, lines: readonly string[]): void {
  const present = objects.get(object)
  if (present) present.push(...lines)
  else objects.set(object, [...lines])
}

function linesOf({ line, body }: CatalogueRow, names: RoleNames): string[] {
  const lines = line === null ? [] : withoutRoles(line, names).split('\n')
  if (body !== undefined) lines.push(`body ${createHash('sha256').update(withoutRoles(body, names)).digest('hex').slice(0, 16)}`)
  return lines
}

function render(objects: ReadonlyMap<string, readonly string[]>): string {
  const blocks = [...objects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([object, lines]) => [object, ...inOrder(lines).map((line) => `  ${line}`)].join('\n'))
  return `${blocks.join('\n\n')}\n`
}

/** By kind, as the queries give them, and by text within a kind; columns too, as a table adopted later has them elsewhere. */
function inOrder(lines: readonly string[]): string[] {
  const kinds = [...new Set(lines.map(kindOf))]
  return kinds.flatMap((kind) => lines.filter((line) => kindOf(line) === kind).sort())
}

function kindOf(line: string): string {
  return line.slice(0, line.indexOf(' '))
}

function withoutRoles(text: string, names: RoleNames): string {
  return text
    .replaceAll(new RegExp(`"?\\b${names.app}\\b"?`, 'g'), ':app_role')
    .replaceAll(new RegExp(`"?\\b${names.directory}\\b"?`, 'g'), ':directory_role')
    .replaceAll(new RegExp(`"?\\b${names.identity}\\b"?`, 'g'), ':identity_role')
    .replaceAll(new RegExp(`"?\\b${names.owner}\\b"?`, 'g'), ':owner_role')
}
