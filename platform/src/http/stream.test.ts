import { request } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import { reply, route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

let server: TestServer | undefined
afterEach(() => server?.stop())

let produced = 0
let ended = false
let aborted = false
const endless = route({
  method: 'GET',
  path: '/v1/endless',
  operation: 'endless',
  summary: '',
  permission: 'public',
  responses: { 200: 'text/plain' },
  handle: ({ request: { signal } }) => {
    signal.addEventListener('abort', () => {
      aborted = true
    })
    return (async function* () {
      try {
        for (;;) {
          produced++
          yield 'x'.repeat(16 * 1024)
        }
      } finally {
        ended = true
      }
    })()
  },
})
let left = false
/** Begun before it is answered, as what may be refused at its beginning. */
const begun = route({
  method: 'GET',
  path: '/v1/begun',
  operation: 'begun',
  summary: '',
  permission: 'public',
  responses: { 200: 'text/plain' },
  handle: async () => {
    const text: AsyncIterableIterator<string> = {
      [Symbol.asyncIterator]: () => text,
      next: async () => ({ done: false, value: 'x' }),
      return: async () => {
        left = true
        return { done: true, value: undefined }
      },
    }
    return text
  },
})
const count = route({
  method: 'POST',
  path: '/v1/count',
  operation: 'count',
  summary: '',
  permission: 'public',
  rawBody: { accepts: ['text/csv'] },
  bodyLimit: 100,
  responses: { 200: z.object({ bytes: z.int() }) },
  handle: async ({ rawBody }) => {
    let bytes = 0
    for await (const piece of rawBody ?? []) bytes += piece.length
    return { bytes }
  },
})
const slow = route({
  method: 'GET',
  path: '/v1/slow',
  operation: 'slow',
  summary: '',
  permission: 'public',
  responses: { 200: z.object({ ok: z.boolean() }) },
  handle: async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return reply(200, { ok: true })
  },
})

it('a stream waits for a slow reader and ends when the reader goes away', async () => {
  server = await startTestServer([endless])
  produced = 0
  const call = request({ host: '127.0.0.1', port: server.port, path: '/v1/endless' })
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve) => call.on('response', resolve).end())
  answer.pause()
  await new Promise((resolve) => setTimeout(resolve, 400))
  const buffered = produced
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(produced).toBe(buffered)
  answer.destroy()
  await expect.poll(() => [ended, aborted]).toEqual([true, true])
})

it('a raw body arrives as bytes, capped, of the declared type only', async () => {
  server = await startTestServer([count])
  const send = (body: string, type = 'text/csv') => server?.call('POST', '/v1/count', { headers: { 'content-type': type }, body })
  expect(await (await send('a,b\n'))?.json()).toEqual({ bytes: 4 })
  expect((await send('a'.repeat(101)))?.status).toBe(413)
  expect((await send('{}', 'application/json'))?.status).toBe(415)
})

it('a stop lets answers in flight end, closes their connections, and takes no more', async () => {
  server = await startTestServer([slow])
  const inFlight = server.get('/v1/slow')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const stopped = server.stop()
  const answer = await inFlight
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
  await stopped
  await expect(server.get('/v1/slow')).rejects.toThrow()
})

it('a stop ends streams that outlast its limit', async () => {
  server = await startTestServer([endless], { stopTimeout: 100 })
  aborted = false
  const answer = await server.get('/v1/endless')
  const started = performance.now()
  await server.stop()
  expect(performance.now() - started).toBeLessThan(2000)
  expect(aborted).toBe(true)
  await expect(answer.text()).rejects.toThrow()
})

it('a HEAD starts no stream, and ends one that was begun', async () => {
  server = await startTestServer([endless, begun])
  produced = 0
  expect((await server.call('HEAD', '/v1/endless')).status).toBe(200)
  expect((await server.call('HEAD', '/v1/begun')).status).toBe(200)
  expect([produced, left]).toEqual([0, true])
})
