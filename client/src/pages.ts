import type { MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod } from 'openapi-typescript-helpers'
import type { TenantryClient } from './create-client.ts'

interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** What a path answers with 200, when that is a page. */
type ItemAt<Paths, Path extends keyof Paths> = Paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': { items: readonly (infer Item)[] } } } } }
}
  ? Item
  : never

type Options<Paths, Path extends keyof Paths> = MaybeOptionalInit<Paths[Path], 'get' & keyof Paths[Path]>

/**
 * The pages of a list, each read when it is asked for.
 *
 * @example
 * for await (const page of pages(client, '/v1/bms/buildings', { params: { query: { limit: 200 } } })) show(page.items)
 */
export async function* pages<Paths extends object, Path extends PathsWithMethod<Paths, 'get'> & keyof Paths & string>(
  client: TenantryClient<Paths>,
  path: Path,
  options?: Options<Paths, Path>,
): AsyncGenerator<PageOf<ItemAt<Paths, Path>>, void, undefined> {
  // The types of a single path are settled by the signature; inside, any list is read the same way.
  const read = client.GET as unknown as (path: string, options: object) => Promise<{ data: PageOf<ItemAt<Paths, Path>> }>
  const given = (options ?? {}) as { params?: { query?: object } }
  let cursor: string | null = null
  do {
    const query: object = { ...given.params?.query, ...(cursor === null ? {} : { cursor }) }
    const { data } = await read(path, { ...given, params: { ...given.params, query } })
    yield data
    cursor = data.nextCursor
  } while (cursor !== null)
}

/** The items of a list, across its pages. */
export async function* items<Paths extends object, Path extends PathsWithMethod<Paths, 'get'> & keyof Paths & string>(
  client: TenantryClient<Paths>,
  path: Path,
  options?: Options<Paths, Path>,
): AsyncGenerator<ItemAt<Paths, Path>, void, undefined> {
  for await (const page of pages(client, path, options)) yield* page.items
}
