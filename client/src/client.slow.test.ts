import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makePage, pageOf, pageQuery, readCursor } from '../../platform/src/http/page.ts'
import { route } from '../../platform/src/http/route.ts'
import { startTestServer, type TestServer } from '../../platform/src/http/server.test-support.ts'
import { problems } from '../../platform/src/problems/catalogue.ts'
import { createClient } from './create-client.ts'
import { items, pages } from './pages.ts'
import type { paths } from './schema.d.ts'

/** Answers each path of a script, in turn; then `ok`. */
let script: (() => unknown)[] = []
let seen: { method: string; key: string | undefined; at: number }[] = []
function next(method: string) {
  seen.push({ method, key: server.pipeline.seen.at(-1)?.headers['idempotency-key'] as string | undefined, at: performance.now() })
  return (script.shift() ?? (() => ({ id: 'a', name: 'ok' })))()
}

const Thing = z.object({ id: z.string(), name: z.string() })
const things = Array.from({ length: 7 }, (_, n) => ({ id: `t${n}`, name: `thing ${n}` }))
const routes = [
  route({
    method: 'GET',
    path: '/v1/things',
    operation: 'listThings',
    summary: '',
    permission: 'demo.things:read',
    query: z.strictObject(pageQuery),
    responses: { 200: pageOf(Thing) },
    handle: ({ query: { limit, cursor } }) => {
      const after = readCursor(cursor, {}, z.object({ values: z.tuple([]), id: z.string() }))
      const rest = after ? things.filter((thing) => thing.id > after.id) : things
      return makePage(rest.slice(0, limit + 1), limit, {}, ({ id }) => ({ values: [], id }))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/things/{id}',
    operation: 'readThing',
    summary: '',
    permission: 'demo.things:read',
    params: z.strictObject({ id: z.string() }),
    responses: { 200: Thing },
    handle: () => next('GET'),
  }),
  route({
    method: 'POST',
    path: '/v1/things',
    operation: 'createThing',
    summary: '',
    permission: 'demo.things:write',
    idempotency: 'own',
    body: z.strictObject({ name: z.string() }),
    responses: { 200: Thing },
    handle: () => next('POST'),
  }),
  route({
    method: 'PATCH',
    path: '/v1/things/{id}',
    operation: 'changeThing',
    summary: '',
    permission: 'demo.things:write',
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ name: z.string() }),
    responses: { 200: Thing },
    handle: () => next('PATCH'),
  }),
]

type Json<T> = { headers: Record<string, unknown>; content: { 'application/json': T } }
interface ThingOut {
  id: string
  name: string
}
interface None {
  get?: never
  put?: never
  post?: never
  delete?: never
  options?: never
  head?: never
  patch?: never
  trace?: never
}
interface DemoPaths {
  '/v1/things': Omit<None, 'get' | 'post'> & {
    get: {
      parameters: { query?: { limit?: number; cursor?: string } }
      responses: { 200: Json<{ items: ThingOut[]; nextCursor: string | null }> }
    }
    post: {
      parameters: Record<never, never>
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: Json<ThingOut> }
    }
  }
  '/v1/things/{id}': Omit<None, 'get' | 'patch'> & {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<ThingOut> } }
    patch: {
      parameters: { path: { id: string } }
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: Json<ThingOut> }
    }
  }
}

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(routes)
})
afterAll(() => server.stop())
beforeEach(() => {
  script = []
  seen = []
})

const connect = (options = {}) => createClient<DemoPaths>({ baseUrl: server.url, key: 'writer', backOff: 10, ...options })
const busy = (retryAfter: number) => () => {
  throw problems.unavailable('Not now.', { retryAfter })
}
const read = (client: ReturnType<typeof connect>) => client.GET('/v1/things/{id}', { params: { path: { id: 'a' } } })

describe('a call', () => {
  it('answers typed data', async () => {
    const { data } = await read(connect())
    expect(data.name.toUpperCase()).toBe('OK')
  })

  it('throws a problem with code, members, advice and request id', async () => {
    const call = createClient<DemoPaths>({ baseUrl: server.url, key: 'reader' }).POST('/v1/things', { body: { name: 'a' } })
    await expect(call).rejects.toMatchObject({
      name: 'TenantryProblem',
      code: 'forbidden',
      status: 403,
      members: { permission: 'demo.things:write' },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      advice: expect.stringContaining('permission'),
    })
  })

  it('that is refused for now is repeated, and waits as long as it is told', async () => {
    script = [busy(1), busy(0.1)]
    await read(connect())
    expect(seen).toHaveLength(3)
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('that is told to wait too long is handed back at once', async () => {
    script = [busy(3600)]
    await expect(read(connect())).rejects.toMatchObject({ code: 'unavailable', retryAfter: 3600 })
    expect(seen).toHaveLength(1)
  })

  it('gives up after its tries', async () => {
    script = Array.from({ length: 9 }, () => busy(0))
    await expect(read(connect({ retries: 1 }))).rejects.toMatchObject({ code: 'unavailable' })
    expect(seen).toHaveLength(2)
  })

  it('that takes too long is tried again', async () => {
    script = [() => new Promise((resolve) => setTimeout(resolve, 600, { id: 'late', name: 'late' }))]
    const { data } = await read(connect({ timeout: 150 }))
    expect([data.id, seen.length]).toEqual(['a', 2])
  })

  it('ends when its caller aborts it', async () => {
    script = Array.from({ length: 9 }, () => busy(5))
    const signal = AbortSignal.timeout(100)
    await expect(connect().GET('/v1/things/{id}', { params: { path: { id: 'a' } }, signal })).rejects.toThrow()
    expect(seen).toHaveLength(1)
  })
})

describe('when the network fails', () => {
  const failingOnce = () => {
    let failed = false
    return async (request: Request) => {
      const response = await fetch(request)
      if (failed) return response
      failed = true
      throw new TypeError('fetch failed')
    }
  }

  it('a POST is repeated with the same Idempotency-Key, and each POST has its own', async () => {
    await connect({ fetch: failingOnce() }).POST('/v1/things', { body: { name: 'a' } })
    await connect().POST('/v1/things', { body: { name: 'a' } })
    const [first, again, other] = seen.map((each) => each.key)
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('a PATCH is not repeated: it may have happened', async () => {
    const call = connect({ fetch: failingOnce() }).PATCH('/v1/things/{id}', {
      params: { path: { id: 'a' } },
      body: { name: 'b' },
    })
    await expect(call).rejects.toThrow('fetch failed')
    expect(seen).toHaveLength(1)
  })
})

describe('a list', () => {
  it('is read page by page', async () => {
    const sizes: number[] = []
    for await (const page of pages(connect(), '/v1/things', { params: { query: { limit: 3 } } })) sizes.push(page.items.length)
    expect(sizes).toEqual([3, 3, 1])
  })

  it('is read item by item, and no further than asked', async () => {
    const names: string[] = []
    for await (const item of items(connect(), '/v1/things', { params: { query: { limit: 2 } } })) {
      names.push(item.name)
      if (names.length === 3) break
    }
    expect(names).toEqual(['thing 0', 'thing 1', 'thing 2'])
  })
})

it('a wrong path, a missing parameter or an unknown field does not compile', () => {
  const client = connect()
  const wrong = () => [
    // @ts-expect-error: no such path
    client.GET('/v1/nothing'),
    // @ts-expect-error: the id is missing
    client.GET('/v1/things/{id}', {}),
    // @ts-expect-error: the name is a text
    client.POST('/v1/things', { body: { name: 5 } }),
    // @ts-expect-error: not in the answer
    read(client).then(({ data }) => data.secret),
  ]
  expect(wrong).toBeTypeOf('function')
})

it('the types are those of the committed document', () => {
  type Key = paths['/v1/keys']['get']['responses'][200]['content']['application/json']['items'][number]
  const name = (key: Key): string => key.name
  expect(name({ name: 'importer' } as Key)).toBe('importer')
})
