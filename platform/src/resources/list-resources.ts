import { z } from 'zod'
import { makePage, type Page, type Position, readCursor } from '../http/page.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { AnyResource, ResourceRow } from './columns.ts'
import { listStatement } from './list.ts'
import { filterConditions, parseSort } from './list-query.ts'
import { rarityStatement, searchStatement, wordsOf } from './search.ts'

/** What a list may be sorted by is up to the resource: the database refuses a value of another type as it refuses any input. */
const SortValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])
const ResourcePosition = z.object({ values: z.array(SortValue).max(8), id: z.uuid() })

/** A list's query after its schema: `limit`, `cursor`, `sort`, `search` and the declared filters. */
export interface ListQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly sort?: string | undefined
  readonly search?: string | undefined
  readonly [filter: string]: unknown
}

/** A page of a resource: in the order asked for or, when searching, in that of the words found. Refuses with `invalid_cursor`. */
export async function listResources(scope: TenantScope, resource: AnyResource, query: ListQuery): Promise<Page<ResourceRow>> {
  const { limit, cursor, ...asked } = query
  const after = readCursor(cursor, asked, ResourcePosition)
  return query.search === undefined
    ? sortedPage(scope, resource, query, asked, after)
    : foundPage(scope, resource, query, asked, after, wordsOf(query.search))
}

async function sortedPage(
  scope: TenantScope,
  resource: AnyResource,
  query: ListQuery,
  asked: Readonly<Record<string, unknown>>,
  after: Position | undefined,
): Promise<Page<ResourceRow>> {
  const sort = parseSort(query.sort)
  const rows = await scope.run(listStatement(scope, resource, sort, filterConditions(resource, query), after, query.limit + 1))
  return makePage(rows, query.limit, asked, (row) => ({ values: [row[sort.field] as string | number | boolean], id: row.id }))
}

async function foundPage(
  scope: TenantScope,
  resource: AnyResource,
  query: ListQuery,
  asked: Readonly<Record<string, unknown>>,
  after: Position | undefined,
  words: readonly string[],
): Promise<Page<ResourceRow>> {
  if (query.sort !== undefined) {
    throw problems.invalid_request('`sort` and `search` do not go together.', {
      errors: [{ in: 'query', pointer: '/sort', message: 'Found things come in the order of the words they were found by.' }],
    })
  }
  if (words.length === 0) return { items: [], nextCursor: null }
  const walked = await wordToWalk(scope, resource, words, after)
  const ordered = [walked, ...words.filter((word) => word !== walked)]
  const rows = await scope.run(
    searchStatement(scope, resource, ordered, filterConditions(resource, query), after, query.limit + 1),
  )
  const page = makePage(rows, query.limit, asked, (row) => ({ values: [row.foundBy, walked], id: row.id }))
  return { items: page.items.map(({ foundBy: _, ...row }) => row as ResourceRow), nextCursor: page.nextCursor }
}

/** The rarest word. It is asked for once: the pages after the first walk on along the same one. */
async function wordToWalk(
  scope: TenantScope,
  resource: AnyResource,
  words: readonly string[],
  after: Position | undefined,
): Promise<string> {
  const before = after?.values[1]
  const known = words.length === 1 ? words[0] : words.find((word) => word === before)
  if (known !== undefined) return known
  const counted = await scope.run(rarityStatement(scope, resource, words))
  return counted.reduce((rarest, word) => (word.objects < rarest.objects ? word : rarest)).word
}
