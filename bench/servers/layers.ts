// The shipped server taken apart, to tell where time goes: each step has one layer more than the one before.
import Fastify from 'fastify'
import { createHttpServer } from '../../platform/src/http/http-server.ts'
import type { Pipeline } from '../../platform/src/http/pipeline.ts'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { readResource } from '../../platform/src/resources/operations.ts'
import { allRoutes } from '../../platform/src/server/all-routes.ts'
import { createServerLog } from '../../platform/src/server/server-log.ts'
import { bmsProblems } from '../../systems/bms/src/problems.ts'
import { buildings } from '../../systems/bms/src/resources.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { listen, type Served, serveFor } from './serve.ts'

export type Layer = 'scope' | 'fastify' | 'http'

export interface LayerSettings {
  readonly address: string
  readonly layer: Layer
  /** Tenants by their slug, which the host names. */
  readonly tenants: Readonly<Record<string, string>>
}

const actor = { kind: 'key', id: '018f0000-0000-7000-8000-00000000000c' } as const
const prefix = '/v1/bms/buildings/'

serveFor(({ address, layer, tenants }: LayerSettings): Promise<Served> => {
  const isolation = createIsolation({ url: address })
  const scopeOf = (host = '') => isolation.scope({ tenantId: tenants[host.slice(0, host.indexOf('.'))] ?? '', actor })

  if (layer === 'scope') {
    return listen(
      (request, response) => {
        readResource(scopeOf(request.headers.host), buildings, (request.url ?? '').slice(prefix.length)).then((row) => {
          const body = JSON.stringify(row)
          response.writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          })
          response.end(body)
        })
      },
      () => isolation.close(),
    )
  }
  if (layer === 'fastify') {
    const server = Fastify()
    server.get<{ Params: { id: string } }>(`${prefix}:id`, (request) =>
      readResource(scopeOf(request.headers.host), buildings, request.params.id),
    )
    return server
      .listen({ port: 0, host: '127.0.0.1' })
      .then((at) => ({ port: Number(new URL(at).port), close: () => server.close() }))
  }
  const server = createHttpServer({
    routes: allRoutes([bms]),
    problems: [bmsProblems],
    pipeline: openToAll(tenants, scopeOf),
    logger: createServerLog({ logLevel: 'info' }),
  })
  return server.listen({ host: '127.0.0.1', port: 0 }).then((port) => ({ port, close: () => server.stop() }))
})

/** No key, no tenant's entry, no bucket: whoever names a tenant is in it. */
function openToAll(
  tenants: LayerSettings['tenants'],
  scopeOf: (host: string) => ReturnType<ReturnType<typeof createIsolation>['scope']>,
): Pipeline {
  return {
    services: {} as Pipeline['services'],
    identify: (facts) => ({ tenant: undefined, principal: { kind: 'public' }, origin: facts.host.name }),
    admit: () => [],
    consume: () => [],
    open: (_route, { origin }) => ({ tenant: undefined, scope: scopeOf(origin) }),
    idempotent: () => Promise.reject(new Error(`There are ${Object.keys(tenants).length} tenants and no keys.`)),
  }
}
