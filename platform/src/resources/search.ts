import type { Position } from '../http/page.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { type AnyResource, publicColumns, type ResourceRow } from './columns.ts'
import { ownRows } from './own-rows.ts'

export interface SearchedRow extends ResourceRow {
  readonly foundBy: string
}

/** The words of a typed text as `tenantry.words` keeps them: folded, split on what is neither letter nor digit. At most eight. */
export function wordsOf(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return [...new Set(words.map((word) => word.slice(0, 100)))].slice(0, 8)
}

/** Beyond this many objects a word is common, and how common does not matter. */
const common = 1_000

/** How many objects have each word, counted up to `common`. */
export function rarityStatement(
  scope: TenantScope,
  resource: AnyResource,
  words: readonly string[],
): SqlFragment<{ word: string; objects: number }> {
  const counts = words.map(
    (word) => sql`select ${word}::text as word, count(*)::int as objects from (
      select from tenantry.search_tokens s where ${ownRows(scope, undefined, 's')} and s.target = ${resource.table} and s.token ^@ ${word}
      limit ${common}) counted`,
  )
  return sql.join(counts, ' union all ') as SqlFragment<{ word: string; objects: number }>
}

/**
 * Objects of which every typed word is the prefix of a word, in the order of the words they were found by.
 *
 * That order is the index's own: the first of `words`, best the rarest, is walked from the last page's end, and the others are
 * asked of each object on the way. So a page costs what it shows and not what the tenant has, however common the word. `^@` on
 * text under collation "C" is leakproof: LIKE could not use an index under row-level security.
 */
export function searchStatement(
  scope: TenantScope,
  resource: AnyResource,
  words: readonly string[],
  conditions: readonly SqlFragment[],
  after: Position | undefined,
  limit: number,
): SqlFragment<SearchedRow> {
  const [walked = '', ...others] = words
  // `offset 0` keeps these questions what they are, one look by object and row: joined, each met every object that has the word.
  const sameObject = (name: string) =>
    sql`${ownRows(scope, undefined, name)} and ${sql.identifier(name)}.target = ${resource.table} and ${sql.identifier(name)}.object_id = found.object_id`
  return sql<SearchedRow>`select ${publicColumns(resource, 't')}, found.token as found_by
    from tenantry.search_tokens found join ${sql.identifier(resource.table)} t on t.tenant_id = found.tenant_id and t.id = found.object_id
    where ${sql.join(
      [
        ownRows(scope, undefined, 'found'),
        sql`found.target = ${resource.table} and found.token ^@ ${walked}`,
        ownRows(scope, resource.grantedBy, 't'),
        ...(after ? [sql`(found.token, found.object_id) > (${after.values[0]}, ${after.id}::uuid)`] : []),
        // An object with two words of this prefix is shown once, by the first of them.
        sql`not exists (select from tenantry.search_tokens earlier
          where ${sameObject('earlier')} and earlier.token ^@ ${walked} and earlier.token < found.token offset 0)`,
        ...others.map(
          (word) =>
            sql`exists (select from tenantry.search_tokens other where ${sameObject('other')} and other.token ^@ ${word} offset 0)`,
        ),
        ...conditions,
      ],
      ' and ',
    )}
    order by found.token, found.object_id limit ${limit}`
}
