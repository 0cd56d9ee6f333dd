import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createForwardingReader } from './client-address.ts'
import { acme } from './memory-pipeline.test-support.ts'
import { requestWith } from './raw-request.test-support.ts'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const whoAsks = route({
  method: 'GET',
  path: '/v1/who',
  operation: 'whoAsks',
  summary: 'Say who asks',
  permission: 'public',
  responses: { 200: z.object({ address: z.string(), origin: z.string(), forwarded: z.array(z.string()), id: z.string() }) },
  handle: ({ request }) => ({
    address: request.address,
    origin: request.origin,
    forwarded: Object.keys(request.headers).filter((name) => /forward|tenant|real-ip|request-id/.test(name)),
    id: request.id,
  }),
})

const claims = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'acme.example.com',
  'x-forwarded-proto': 'https',
  'x-real-ip': '203.0.113.8',
  forwarded: 'for=203.0.113.9;host=acme.example.com',
  'x-request-id': 'from-outside-1',
}

describe('[BMS-8] from anybody', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer([whoAsks])
  })
  afterAll(() => server.stop())

  it('X-Forwarded-*, Forwarded, X-Real-IP, X-Tenant-ID and X-Request-Id are ignored and taken away', async () => {
    const foreign = '0195c0de-0000-7000-8000-00000000beef'
    const answer = await requestWith(server.port, '/v1/who', { host: 'acme.localhost', ...claims, 'x-tenant-id': foreign })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ address: '127.0.0.1', origin: 'http://acme.localhost', forwarded: [] })
    expect((answer.json as { id: string }).id).not.toBe('from-outside-1')
    const facts = server.pipeline.seen.at(-1)
    expect(facts?.restatedTenant).toBeUndefined()
    expect(Object.keys(facts?.headers ?? {})).not.toContain('x-tenant-id')
  })
})

describe('[BMS-8] from a configured proxy', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer([whoAsks], { trustedProxies: { ranges: ['127.0.0.0/8'], hops: 1 } })
  })
  afterAll(() => server.stop())

  it('forwarded address, host, scheme and request id are believed', async () => {
    const answer = await requestWith(server.port, '/v1/who', { host: 'internal:8080', ...claims })
    expect(answer.json).toEqual({
      address: '203.0.113.7',
      origin: 'https://acme.example.com',
      forwarded: [],
      id: 'from-outside-1',
    })
    expect(answer.headers['x-request-id']).toBe('from-outside-1')
  })

  it('X-Tenant-ID may restate the tenant of the host; another one is not found', async () => {
    const ask = (tenant: string) => requestWith(server.port, '/v1/who', { host: 'acme.localhost', 'x-tenant-id': tenant })
    expect((await ask(acme.id)).status).toBe(200)
    expect((await ask('0195c0de-0000-7000-8000-00000000beef')).status).toBe(404)
  })

  it('a request id that could break a log line is replaced', async () => {
    const answer = await requestWith(server.port, '/v1/who', { host: 'acme.localhost', 'x-request-id': 'a b"c{}[]<>' })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('hops', () => {
  const read = (hops: number, peer: string, forwardedFor: string) =>
    createForwardingReader({ ranges: ['10.0.0.0/8', '::1'], hops })(peer, { 'x-forwarded-for': forwardedFor }).address

  it.each([
    [1, '10.0.0.1', 'spoofed, 203.0.113.1', '203.0.113.1'],
    [2, '10.0.0.1', '6.6.6.6, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
    [1, '10.0.0.1', '203.0.113.1, 10.0.0.2', '10.0.0.2'],
    [2, '10.0.0.1', '6.6.6.6, 203.0.113.1', '203.0.113.1'],
    [3, '10.0.0.1', '', '10.0.0.1'],
    [2, '10.0.0.1', 'not an address', '10.0.0.1'],
    [1, '198.51.100.1', '203.0.113.1', '198.51.100.1'],
    [1, '::ffff:10.0.0.1', '::ffff:203.0.113.1', '203.0.113.1'],
  ])('with %i: %s saying "%s" is %s', (hops, peer, forwardedFor, address) => {
    expect(read(hops, peer, forwardedFor)).toBe(address)
  })
})
