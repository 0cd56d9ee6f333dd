import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { problems } from '../problems/catalogue.ts'
import { createMemoryPipeline } from './memory-pipeline.test-support.ts'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

let server: TestServer
let told: string[]
let isRefused: boolean

const prepared = route({
  method: 'POST',
  path: '/v1/things',
  operation: 'makeThing',
  summary: 'Make a thing',
  permission: 'demo.things:write',
  responses: { 200: z.object({ ok: z.boolean() }) },
  problems: ['conflict'],
  prepare: async () => {
    told.push('prepare')
    if (isRefused) throw problems.conflict('The network says no.')
  },
  handle: () => {
    told.push('handle')
    return { ok: true }
  },
})

beforeAll(async () => {
  const memory = createMemoryPipeline()
  const idempotent: typeof memory.idempotent = (call) => {
    told.push('transaction')
    return memory.idempotent(call)
  }
  server = await startTestServer([prepared], {}, { pipeline: { ...memory, idempotent } })
})
afterAll(() => server?.stop())
beforeEach(() => {
  told = []
  isRefused = false
})

const make = async (key?: string) => {
  const headers = { authorization: 'Bearer writer', ...(key === undefined ? {} : { 'idempotency-key': key }) }
  return (await server.call('POST', '/v1/things', { headers })).status
}

test('what a route asks of the network it asks before the transaction of its idempotency key begins', async () => {
  expect(await make('one')).toBe(200)
  expect(told).toEqual(['prepare', 'transaction', 'handle'])
})

test('without a key it is asked before the handler as well, and its refusal is the answer', async () => {
  expect(await make()).toBe(200)
  isRefused = true
  expect(await make()).toBe(409)
  expect(told).toEqual(['prepare', 'handle', 'prepare'])
})

test('a request that was answered has that answer, whatever the network says now; one that was not is refused', async () => {
  expect(await make('two')).toBe(200)
  isRefused = true
  expect([await make('two'), await make('three')]).toEqual([200, 409])
  expect(told.filter((what) => what === 'handle')).toHaveLength(1)
})
