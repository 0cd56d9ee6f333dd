import type { FastifyInstance } from 'fastify'
import { type ReadinessChecks, readReadiness } from './health.ts'

const headers = {
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
}

/** For load balancers, on any host and without a credential: no route's way, no log line. */
export function addHealthRoutes(server: FastifyInstance, checks: ReadinessChecks, isStopping: () => boolean): void {
  server.get('/healthz', (_request, reply) => {
    reply.headers(headers).send('{"status":"ok"}')
  })
  server.get('/readyz', async (_request, reply) => {
    const readiness = await readReadiness(checks)
    const ready = readiness.status !== 'failed' && !isStopping()
    return reply
      .code(ready ? 200 : 503)
      .headers(headers)
      .send(JSON.stringify(isStopping() ? { ...readiness, status: 'failed' } : readiness))
  })
}
