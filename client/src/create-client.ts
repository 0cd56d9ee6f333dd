import createFetchClient, { type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch'
import type { HttpMethod, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'
import { problemOf } from './problem.ts'
import { resilientFetch } from './resilient-fetch.ts'
import type { paths } from './schema.d.ts'

export interface TenantryClientOptions {
  /** `https://api.example.com` */
  readonly baseUrl: string
  /** An API key or access token, or what gives one for each request: `signedIn(…)`. */
  readonly key: string | (() => string | Promise<string>)
  /** Default: the global one. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** Milliseconds one try may take. Default 30,000. */
  readonly timeout?: number
  /** Tries after the first. Default 4. */
  readonly retries?: number
  /** Milliseconds before the first repetition; doubles with each. Default 200. */
  readonly backOff?: number
  /** Milliseconds a `Retry-After` may ask for and still be waited for. Default 60,000. */
  readonly patience?: number
}

type Init<Value> =
  RequiredKeysOf<Value> extends never ? [(Value & { [key: string]: unknown })?] : [Value & { [key: string]: unknown }]

/** The operation that a method of a path is, as openapi-typescript writes it. */
type OperationAt<Path, Method extends string> =
  Path extends Record<Method, infer Operation extends Record<string | number, unknown>> ? Operation : never

/** A call answers `data`, or throws a `TenantryProblem`. */
export type Call<Paths extends object, Method extends HttpMethod> = <
  Path extends PathsWithMethod<Paths, Method>,
  Options extends MaybeOptionalInit<Paths[Path], Method & keyof Paths[Path]>,
>(
  path: Path,
  ...options: Init<Options>
) => Promise<Answered<FetchResponse<OperationAt<Paths[Path], Method>, Options, `${string}/${string}`>>>

type Answered<Answer> = Answer extends { data: infer Data; response: Response }
  ? { readonly data: Data; readonly response: Response }
  : never

export interface TenantryClient<Paths extends object = paths> {
  readonly GET: Call<Paths, 'get'>
  readonly POST: Call<Paths, 'post'>
  readonly PUT: Call<Paths, 'put'>
  readonly PATCH: Call<Paths, 'patch'>
  readonly DELETE: Call<Paths, 'delete'>
}

/**
 * A client whose paths, parameters and answers are typed from the OpenAPI document.
 *
 * @example
 * const client = createClient({ baseUrl: 'https://api.example.com', key })
 * const { data } = await client.GET('/v1/bms/buildings/{id}', { params: { path: { id } } })
 */
export function createClient<Paths extends object = paths>(options: TenantryClientOptions): TenantryClient<Paths> {
  const { baseUrl, key, fetch = globalThis.fetch, timeout = 30_000, retries = 4, backOff = 200, patience = 60_000 } = options
  const client = createFetchClient<paths>({
    baseUrl,
    fetch: resilientFetch({ fetch, timeout, retries, backOff, patience }),
    // A redirect would carry the key to wherever it points.
    redirect: 'error',
  })
  client.use({
    async onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${typeof key === 'string' ? key : await key()}`)
    },
    async onResponse({ response }) {
      if (!response.ok && response.status !== 304) throw await problemOf(response)
    },
  })
  return client as unknown as TenantryClient<Paths>
}
