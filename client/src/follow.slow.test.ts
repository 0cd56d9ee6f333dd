import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { replyEvents } from '../../platform/src/http/event-stream.ts'
import { route } from '../../platform/src/http/route.ts'
import { startTestServer, type TestServer } from '../../platform/src/http/server.test-support.ts'
import { problems } from '../../platform/src/problems/catalogue.ts'
import { createClient } from './create-client.ts'
import { follow, type StreamedEvent } from './follow.ts'
import { TenantryProblem } from './problem.ts'

/** What the stream answers, one connection after the other; then it stays open and says nothing. */
let script: (() => AsyncIterable<string>)[] = []
let askedAfter: (string | undefined)[] = []
let left = 0

const routes = [
  route({
    method: 'GET',
    path: '/v1/happenings/{id}',
    operation: 'followHappenings',
    summary: '',
    permission: 'demo.things:read',
    params: z.strictObject({ id: z.string() }),
    responses: { 200: 'text/event-stream' },
    handle: ({ request }) => {
      askedAfter.push(request.headers['last-event-id'])
      request.signal.addEventListener('abort', () => left++, { once: true })
      const next = script.shift()
      return replyEvents(next === undefined ? silent(request.signal) : next())
    },
  }),
]

async function* silent(signal: AbortSignal): AsyncGenerator<string> {
  yield ': \n\n'
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

async function* parts(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) {
    yield text
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

interface StreamPaths {
  '/v1/happenings/{id}': {
    get: {
      parameters: { path: { id: string } }
      responses: { 200: { headers: Record<string, unknown>; content: { 'text/event-stream': string } } }
    }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(routes)
})
afterAll(() => server.stop())
beforeEach(() => {
  script = []
  askedAfter = []
  left = 0
})

const stream = (options: { after?: string; signal?: AbortSignal; onState?: (isOpen: boolean) => void } = {}, client = {}) =>
  follow(
    createClient<StreamPaths>({ baseUrl: server.url, key: 'writer', backOff: 10, retries: 0, ...client }),
    '/v1/happenings/{id}',
    { params: { path: { id: 'a' } }, ...options },
  )

async function take(count: number, events: AsyncIterable<StreamedEvent>): Promise<StreamedEvent[]> {
  const taken: StreamedEvent[] = []
  for await (const event of events) if (taken.push(event) === count) break
  return taken
}

test('events come in order however the network cuts them, and signs of life are none', async () => {
  script = [
    () =>
      parts(
        'retry: 10\n\nid: 1\nevent: point\nda',
        'ta: {"n":1}\n\n: \n\nid: 2\ndata: {"n":\ndata: 2}\n',
        '\nid: 3\nevent: reset\ndata: {}\n\n',
      ),
  ]
  expect(await take(3, stream())).toEqual([
    { type: 'point', id: '1', data: { n: 1 } },
    { type: 'message', id: '2', data: { n: 2 } },
    { type: 'reset', id: '3', data: {} },
  ])
})

test('after a break it goes on behind the last event, and says when it is open', async () => {
  const states: boolean[] = []
  script = [() => parts('id: 7\ndata: 1\n\n'), () => parts('id: 8\ndata: 2\n\n')]
  const taken = await take(2, stream({ after: '6', onState: (isOpen) => states.push(isOpen) }))
  expect(taken.map(({ data }) => data)).toEqual([1, 2])
  expect(askedAfter).toEqual(['6', '7'])
  expect(states).toEqual([true, false, true, false])
})

test('an id that is empty forgets the place: after a reset one begins anew', async () => {
  script = [() => parts('id: 7\ndata: 1\n\nid: \nevent: reset\ndata: {}\n\n'), () => parts('id: 9\ndata: 2\n\n')]
  await take(3, stream())
  expect(askedAfter).toEqual([undefined, undefined])
})

test('it outlasts the time that a call has', async () => {
  async function* slowly() {
    yield 'data: 1\n\n'
    await new Promise((resolve) => setTimeout(resolve, 600))
    yield 'data: 2\n\n'
  }
  script = [slowly]
  expect(await take(2, stream({}, { timeout: 200 }))).toHaveLength(2)
  expect(askedAfter).toHaveLength(1)
})

test('who leaves the loop, or gives the signal, closes the connection', async () => {
  script = [() => parts('data: 1\n\n', ...Array<string>(200).fill(': \n\n'))]
  await take(1, stream())
  await expect.poll(() => left).toBe(1)
  const leaving = new AbortController()
  const nothing = take(1, stream({ signal: leaving.signal }))
  await expect.poll(() => askedAfter.length).toBe(2)
  leaving.abort()
  expect(await nothing).toEqual([])
  await expect.poll(() => left).toBe(2)
})

test('a refusal is thrown, and a busy server is asked again', async () => {
  const refused = take(1, stream({}, { key: 'nobody' }))
  await expect(refused).rejects.toThrow(TenantryProblem)
  script = [
    () => {
      throw problems.unavailable('Not now.')
    },
    () => parts('data: 1\n\n'),
  ]
  expect(await take(1, stream())).toHaveLength(1)
})
