import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problems } from '../problems/catalogue.ts'
import { acme } from './memory-pipeline.test-support.ts'
import { reply, route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const Thing = z.object({ id: z.string(), name: z.string().nullable(), size: z.number(), version: z.int() })
const things = [
  route({
    method: 'GET',
    path: '/v1/things/{id}',
    operation: 'readThing',
    summary: 'Read a thing',
    permission: 'demo.things:read',
    etag: 'answered',
    params: z.strictObject({ id: z.string() }),
    responses: { 200: Thing },
    handle: ({ params, tenant }) => {
      if (params.id === 'absent') throw problems.not_found('Thing absent does not exist.', { id: params.id })
      if (params.id === 'broken') throw new Error('relation "secret" does not exist')
      if (params.id === 'odd') return reply(218, {})
      if (params.id === 'short') return { id: params.id }
      if (params.id === 'null') return { id: null, name: null, size: 1, version: 1 }
      return { id: params.id, name: tenant.name, size: 1.5, version: 3, secret: 'kept inside' }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/things',
    operation: 'createThing',
    summary: 'Create a thing',
    permission: 'demo.things:write',
    body: z.strictObject({ name: z.string().min(1), size: z.number().optional() }),
    responses: { 201: Thing },
    handle: ({ body }) => ({ id: crypto.randomUUID(), name: body.name, size: body.size ?? 0, version: 1 }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/things/{id}',
    operation: 'changeThing',
    summary: 'Change a thing',
    permission: 'demo.things:write',
    etag: 'required',
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ name: z.string() }),
    responses: { 204: null },
    handle: () => undefined,
  }),
  route({
    method: 'GET',
    path: '/v1/things',
    operation: 'listThings',
    summary: 'List things',
    permission: 'demo.things:read',
    query: z.strictObject({ name: z.string().optional() }),
    responses: { 200: z.object({ name: z.string().nullable() }) },
    handle: ({ query }) => ({ name: query.name ?? null }),
  }),
]

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(things)
})
afterAll(() => server.stop())

const reader = { authorization: 'Bearer reader' }
const writer = { authorization: 'Bearer writer', 'content-type': 'application/json' }

describe('an answer', () => {
  it('holds the declared fields and no other', async () => {
    const answer = await server.get('/v1/things/a', reader)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ id: 'a', name: 'Acme', size: 1.5, version: 3 })
  })

  it('carries a request id, rate, version and strict headers, and names no product', async () => {
    const { headers } = await server.get('/v1/things/a', reader)
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(headers.get('ratelimit')).toBe('"tenant";r=99;t=1')
    expect(headers.get('ratelimit-policy')).toBe('"tenant";q=100;w=60')
    expect(headers.get('etag')).toBe('"v3"')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
  })

  it('is 304 without a body when the client has that version', async () => {
    const answer = await server.get('/v1/things/a', { ...reader, 'if-none-match': 'W/"v3"' })
    expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', '"v3"'])
  })

  it('to HEAD has the headers of GET and no body', async () => {
    const answer = await server.call('HEAD', '/v1/things/a', { headers: reader })
    expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([200, '', '"v3"'])
  })

  it.each(['odd', 'short', 'null', 'broken'])(
    'the route does not declare, or an error (%s), is 500 without a word of the cause',
    async (id) => {
      const answer = await server.get(`/v1/things/${id}`, reader)
      expect(answer.status).toBe(500)
      expect(await answer.json()).toMatchObject({ type: '/errors/internal', code: 'internal', status: 500 })
      const line = server.lines.findLast((each) => each.msg === 'internal error')
      expect(line).toMatchObject({ requestId: answer.headers.get('x-request-id'), route: 'readThing' })
      expect(JSON.stringify(line)).toMatch(/declare|required|null in id|secret/)
    },
  )
})

describe('not found', () => {
  it('reads the same, byte for byte, for an absent thing and an unknown path', async () => {
    const [absent, unknown] = await Promise.all([server.get('/v1/things/absent', reader), server.get('/v1/nothing', reader)])
    const told = async (answer: Response) => {
      const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)))
      return { status: answer.status, headers, body: await answer.text() }
    }
    expect(await told(absent)).toEqual(await told(unknown))
    expect(absent.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  })

  it('becomes 405 with the right methods where the path is known', async () => {
    const answer = await server.call('DELETE', '/v1/things', { headers: reader })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD, OPTIONS'])
    const options = await server.call('OPTIONS', '/v1/things/x', { headers: { ...reader, origin: 'https://evil.example' } })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, PATCH, OPTIONS'])
    expect(options.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a body', () => {
  const create = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    server.call('POST', '/v1/things', { headers: { ...writer, ...headers }, body })

  it('is taken as JSON, composed (NFC), plain or compressed', async () => {
    const decomposed = JSON.stringify({ name: 'Zu\u0308rich' })
    for (const answer of [await create(decomposed), await create(gzipSync(decomposed), { 'content-encoding': 'gzip' })]) {
      expect(answer.status).toBe(201)
      expect(await answer.json()).toMatchObject({ name: 'Z\u00fcrich' })
    }
  })

  it.each([
    ['unknown fields', '{"name":"a","tenantId":"b"}', 400, 'invalid_request'],
    ['text that is not JSON', '{', 400, 'malformed_body'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'malformed_body'],
    ['NUL', '{"name":"a\\u0000"}', 400, 'malformed_body'],
    ['half a surrogate pair', '{"name":"\\ud800"}', 400, 'malformed_body'],
    ['infinity', '{"name":"a","size":1e999}', 400, 'malformed_body'],
    ['__proto__', '{"name":"a","__proto__":{"x":1}}', 400, 'malformed_body'],
    ['constructor', '{"name":"a","constructor":{"x":1}}', 400, 'malformed_body'],
    ['a key twice', '{"name":"a","name":"b"}', 400, 'malformed_body'],
    ['a key twice, once escaped', '{"name":"a","n\\u0061me":"b"}', 400, 'malformed_body'],
    ['33 levels', `{"name":${'['.repeat(33)}${']'.repeat(33)}}`, 400, 'malformed_body'],
    ['nothing', '', 400, 'invalid_request'],
    ['too much', JSON.stringify({ name: 'a'.repeat(1024 * 1024) }), 413, 'body_too_large'],
  ])('with %s is refused', async (_what, body, status, code) => {
    const answer = await create(body)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code])
  })

  it('that grows beyond the cap when inflated is refused', async () => {
    const bomb = gzipSync(JSON.stringify({ name: 'a'.repeat(64 * 1024 * 1024) }))
    expect(bomb.length).toBeLessThan(100_000)
    const answer = await create(bomb, { 'content-encoding': 'gzip' })
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'body_too_large', limit: 1024 * 1024 }])
  })

  it.each([
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/json; charset=utf-16' }, 415],
    [{ 'content-type': ';;;' }, 415],
    [{ 'content-encoding': 'gzip, br' }, 415],
    [{ 'content-encoding': 'gzip' }, 400],
  ])('of another kind (%o) is refused', async (headers, status) => {
    expect((await create('{"name":"a"}', headers)).status).toBe(status)
  })

  it('is told all that is wrong with it, without repeating its values', async () => {
    const answer = await create('{"name":5,"size":"topsecret"}')
    const problem = (await answer.json()) as { errors: { in: string; pointer: string }[] }
    expect(problem.errors.map((error) => error.in + error.pointer)).toEqual(['body/name', 'body/size'])
    expect(JSON.stringify(problem)).not.toContain('topsecret')
  })
})

describe('a query', () => {
  it.each(['name=a&name=b', 'other=1', 'name=%00', 'name=%ff', '__proto__=1', '%E0%A4%A=1'])('%s is refused', async (query) => {
    const answer = await server.get(`/v1/things?${query}`, reader)
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid_request', errors: [{ in: 'query' }] }])
  })

  it('is decoded once', async () => {
    const answer = await server.get('/v1/things?name=a%2520b+c', reader)
    expect(await answer.json()).toEqual({ name: 'a%20b c' })
  })
})

describe('a repeated POST', () => {
  it('with the same Idempotency-Key gets the same answer; a different one under that key is refused', async () => {
    const create = (name: string) =>
      server.call('POST', '/v1/things', { headers: { ...writer, 'idempotency-key': 'once' }, body: JSON.stringify({ name }) })
    const first = await (await create('a')).text()
    expect(await (await create('a')).text()).toBe(first)
    expect((await create('b')).status).toBe(422)
  })
})

it('a change that needs If-Match is refused without it, and with *', async () => {
  const change = (headers: Record<string, string>) =>
    server.call('PATCH', '/v1/things/a', { headers: { ...writer, ...headers }, body: '{"name":"b"}' })
  expect((await change({})).status).toBe(428)
  expect((await change({ 'if-match': '*' })).status).toBe(428)
  expect((await change({ 'if-match': '"v3"' })).status).toBe(204)
})

it('a request is logged in one line without credentials, cookies, query values or bodies', async () => {
  server.lines.length = 0
  await server.get('/v1/things?name=hidden-value', { ...reader, cookie: 'session=hidden-cookie' })
  await server.call('POST', '/v1/things', { headers: writer, body: '{"name":"hidden-body"}' })
  await expect.poll(() => server.lines.length).toBe(2)
  expect(server.lines[0]).toMatchObject({
    method: 'GET',
    route: '/v1/things',
    status: 200,
    tenantId: acme.id,
    principal: 'member',
  })
  expect(JSON.stringify(server.lines)).not.toMatch(/hidden|Bearer|reader"/)
})
