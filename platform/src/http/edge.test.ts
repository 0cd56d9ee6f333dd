import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { exchangeBytes } from './raw-request.test-support.ts'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const ping = route({
  method: 'GET',
  path: '/v1/ping/{word}',
  operation: 'ping',
  summary: 'Answer',
  permission: 'public',
  params: z.strictObject({ word: z.string() }),
  responses: { 200: z.object({ word: z.string() }) },
  handle: ({ params }) => ({ word: params.word }),
})

const say = route({
  method: 'POST',
  path: '/v1/ping',
  operation: 'say',
  summary: 'Take a word',
  permission: 'public',
  body: z.strictObject({ word: z.string() }),
  responses: { 204: null },
  handle: () => undefined,
})

let server: TestServer
beforeAll(async () => {
  server = await startTestServer([ping])
})
afterAll(() => server.stop())

const ask = (line: string, headers: string[] = ['Host: acme.localhost']) =>
  exchangeBytes(server.port, `${line} HTTP/1.1\r\n${headers.map((header) => `${header}\r\n`).join('')}Connection: close\r\n\r\n`)

describe('at the edge', () => {
  it.each([
    ['a good request', 'GET /v1/ping/x', undefined, '200'],
    ['a whole address', 'GET http://evil.example/v1/ping/x', undefined, '400'],
    ['two hosts', 'GET /v1/ping/x', ['Host: acme.localhost', 'Host: evil.example'], '400'],
    ['user info in the host', 'GET /v1/ping/x', ['Host: me@acme.localhost'], '400'],
    ['a long address', `GET /v1/ping/x?${'a'.repeat(9000)}`, undefined, '414'],
    ['large headers', 'GET /v1/ping/x', ['Host: a.localhost', `X-Large: ${'a'.repeat(17_000)}`], '431'],
    ['many headers', 'GET /v1/ping/x', ['Host: a.localhost', ...Array.from({ length: 120 }, (_, n) => `X-${n}: 1`)], '431'],
    ['a broken escape', 'GET /v1/ping/%E0%A4%A', undefined, '400'],
    ['NUL in the path', 'GET /v1/ping/%00', undefined, '400'],
    ['a segment too long', `GET /v1/ping/${'a'.repeat(600)}`, undefined, '404'],
    ['a made-up method', 'BREW /v1/ping/x', undefined, '400'],
    ['another method', 'PROPFIND /v1/ping/x', undefined, '405'],
    [
      'both length and chunks',
      'POST /v1/ping/x',
      ['Host: a.localhost', 'Content-Length: 3', 'Transfer-Encoding: chunked'],
      '400',
    ],
  ])('%s is answered %4$s', async (_what, line, headers, status) => {
    const answer = await ask(line, headers)
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    if (status !== '200') {
      expect(answer).toMatch(/content-type: application\/problem\+json/i)
      expect(answer).not.toMatch(/FST_|HPE_|fastify|node_modules/i)
    }
  })

  it('what is no HTTP gets a problem and a closed connection', async () => {
    const answer = await exchangeBytes(server.port, 'hello\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400[\s\S]*"code":"invalid_request"/)
  })

  it.each([
    ['headers', 'GET /v1/ping/x HTTP/1.1\r\nHost: a\r\n'],
    ['a body', 'POST /v1/ping HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'],
  ])('%s that do not arrive in time end the connection, with 408', async (_what, sent) => {
    const slow = await startTestServer([ping, say], { headersTimeout: 300, requestTimeout: 400 })
    try {
      const answer = await exchangeBytes(slow.port, sent)
      expect(answer).toMatch(/^HTTP\/1.1 408[\s\S]*"code":"request_timeout"/)
    } finally {
      await slow.stop()
    }
  })
})
