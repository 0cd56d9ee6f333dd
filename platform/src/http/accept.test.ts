import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { acceptsJson } from './accept.ts'
import { reply, route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const made: string[] = []
const Thing = z.object({ name: z.string() })
const shared = { summary: '', permission: 'public' } as const
const routes = [
  route({
    ...shared,
    method: 'GET',
    path: '/v1/things',
    operation: 'listThings',
    responses: { 200: Thing },
    handle: ({ request }) =>
      request.headers.accept === 'text/csv'
        ? reply(
            200,
            (async function* () {
              yield 'name\n'
            })(),
            { contentType: 'text/csv' },
          )
        : { name: 'a' },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/v1/things',
    operation: 'createThing',
    body: Thing,
    responses: { 201: Thing },
    handle: ({ body }) => {
      made.push(body.name)
      return body
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/v1/things',
    operation: 'clear',
    responses: { 204: null },
    handle: () => undefined,
  }),
]

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(routes)
})
afterAll(() => server.stop())

it.each([
  ['application/json', true],
  ['*/*', true],
  ['application/*', true],
  ['', true],
  ['text/html, application/json;q=0.5', true],
  ['text/html, */*;q=0.1', true],
  ['Application/JSON; charset=utf-8', true],
  ['application/json;q=nonsense,,;', true],
  ['image/png', false],
  ['text/*', false],
  ['application/json;q=0', false],
  ['application/json;q=0, */*', false],
  ['*/*;q=0, application/json', true],
])('Accept: %s takes JSON: %s', (accept, expected) => {
  expect(acceptsJson(accept)).toBe(expected)
})

it('a client that takes no JSON is refused where JSON is the answer, and only there', async () => {
  const refused = await server.get('/v1/things', { accept: 'image/png' })
  expect(refused.status).toBe(406)
  expect(refused.headers.get('content-type')).toContain('application/problem+json')
  expect(await refused.json()).toMatchObject({ code: 'not_acceptable', offered: ['application/json'] })
  expect(await (await server.get('/v1/things', { accept: 'text/csv' })).text()).toBe('name\n')
  expect((await server.call('DELETE', '/v1/things', { headers: { accept: 'image/png' } })).status).toBe(204)
})

it('what changes something is refused before it does', async () => {
  const create = (accept: string) =>
    server.call('POST', '/v1/things', {
      headers: { accept, 'content-type': 'application/json' },
      body: JSON.stringify({ name: accept }),
    })
  expect((await create('image/png')).status).toBe(406)
  expect((await create('application/*')).status).toBe(201)
  expect(made).toEqual(['application/*'])
})
