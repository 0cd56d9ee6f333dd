import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { quoteName, type RoleNames } from './role-names.ts'

/** A folder of numbered SQL files, `0001_buildings.sql`. `name` is also the PostgreSQL schema that they fill. */
export interface MigrationSource {
  readonly name: string
  readonly directory: URL
}

export interface SqlFile {
  /** Source and file: `bms/0001_buildings.sql`. */
  readonly label: string
  readonly source: string
  readonly name: string
  readonly text: string
  /** SHA-256 of the text as it is in the file, so that role names do not count. */
  readonly checksum: string
  /** `-- tenantry: no transaction`: one idempotent statement that PostgreSQL refuses inside a transaction. */
  readonly transaction: boolean
  /** `-- tenantry: contract`: takes away what the previous release needs. A server of that release refuses to start after it. */
  readonly contracts: boolean
}

export const platformSource: MigrationSource = {
  name: 'platform',
  directory: new URL('../../sql/migrations/', import.meta.url),
}

const functionSource: MigrationSource = {
  name: 'functions',
  directory: new URL('../../sql/functions/', import.meta.url),
}

/** The migrations of a source in the order of their numbers. Two of one number are refused: they come from two branches. */
export async function readMigrations(source: MigrationSource): Promise<SqlFile[]> {
  const files = await readSqlFiles(source, /^\d{4}_[a-z0-9_]+\.sql$/, '0001_what_it_does.sql')
  for (const [index, file] of files.entries()) {
    const previous = files[index - 1]
    if (previous?.name.slice(0, 4) === file.name.slice(0, 4)) {
      throw new Error(`${previous.label} and ${file.label} have the same number: give the newer one the next.`)
    }
  }
  return files
}

/** The platform's SQL functions, in the order in which they are applied. */
export function readFunctions(): Promise<SqlFile[]> {
  return readSqlFiles(functionSource, /^\d{3}_[a-z0-9_]+\.sql$/, '010_what_they_are_about.sql')
}

async function readSqlFiles(source: MigrationSource, form: RegExp, example: string): Promise<SqlFile[]> {
  const names = (await readdir(source.directory)).filter((name) => name.endsWith('.sql')).sort()
  const odd = names.find((name) => !form.test(name))
  if (odd !== undefined) throw new Error(`${source.name}/${odd}: SQL files here are named like ${example}.`)
  return Promise.all(names.map((name) => readSqlFile(source, name)))
}

async function readSqlFile(source: MigrationSource, name: string): Promise<SqlFile> {
  const text = await readFile(new URL(name, source.directory), 'utf8')
  // Line ends may differ between checkouts; the checksum must not.
  const normalised = text.replaceAll('\r\n', '\n')
  return {
    label: `${source.name}/${name}`,
    source: source.name,
    name,
    text: normalised,
    checksum: createHash('sha256').update(normalised).digest('hex'),
    transaction: !/^-- tenantry: no transaction$/m.test(normalised),
    contracts: /^-- tenantry: contract$/m.test(normalised),
  }
}

/** The text with `:app_role`, `:directory_role`, `:identity_role` and `:owner_role` replaced by the quoted names. */
export function withRoles(text: string, names: RoleNames): string {
  return text.replace(
    /(?<![:\w]):(app|directory|identity|owner)_role\b/g,
    (_, role: 'app' | 'directory' | 'identity' | 'owner') => quoteName(names[role]),
  )
}
