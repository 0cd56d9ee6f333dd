import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import type { CheckState } from './health.ts'
import { listenForMetrics } from './metrics-listener.ts'
import { requestWith } from './raw-request.test-support.ts'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

let server: TestServer | undefined
afterEach(() => server?.stop())

const ok = route({
  method: 'GET',
  path: '/v1/ok/{id}',
  operation: 'ok',
  summary: '',
  permission: 'public',
  params: z.strictObject({ id: z.string() }),
  responses: { 204: null },
  handle: () => undefined,
})

it('health answers on any host, readiness as the worst of its checks', async () => {
  let state: CheckState = 'ok'
  const failing = () => {
    if (state === 'failed') throw new Error('gone')
    return state
  }
  server = await startTestServer([ok], {}, { checks: { database: failing, cache: () => 'ok' } })
  expect(await requestWith(server.port, '/healthz', { host: 'nobody.example' })).toMatchObject({
    status: 200,
    json: { status: 'ok' },
  })
  for (const [next, status] of [
    ['ok', 200],
    ['weak', 200],
    ['failed', 503],
  ] as const) {
    state = next
    const answer = await server.get('/readyz')
    expect([answer.status, await answer.json()]).toEqual([status, { status: next, checks: { database: next, cache: 'ok' } }])
  }
})

it('metrics count by method, route and status on a listener of their own, and name no tenant', async () => {
  server = await startTestServer([ok])
  await Promise.all([server.get('/v1/ok/1'), server.get('/v1/ok/2'), server.get('/nowhere')])
  expect((await server.get('/metrics')).status).toBe(404)
  const listener = await listenForMetrics(server.http.metrics.registry, { port: 0 })
  try {
    const read = async () => (await fetch(`http://127.0.0.1:${listener.port}/metrics`)).text()
    await expect.poll(read).toContain('http_requests_total{method="GET",route="/v1/ok/{id}",status="204"} 2')
    const text = await read()
    expect(text).toContain('route="/(unmatched)",status="404"')
    expect(text).toContain('http_request_duration_seconds_bucket{le="0.005",method="GET",route="/v1/ok/{id}",status="204"}')
    expect(text).not.toMatch(/tenant|\/nowhere|v1\/ok\/1/)
  } finally {
    await listener.stop()
  }
})
