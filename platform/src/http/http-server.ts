import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { problems as platformProblems } from '../problems/catalogue.ts'
import type { ProblemTable } from '../problems/problem.ts'
import type { Assembly } from './assembly.ts'
import { createForwardingReader } from './client-address.ts'
import { createClientErrorHandler } from './client-error.ts'
import { compileRoute } from './compiled-route.ts'
import { type HttpConfiguration, httpDefaults } from './configuration.ts'
import { enter } from './enter.ts'
import { handleRequest } from './handle-request.ts'
import type { ReadinessChecks } from './health.ts'
import { addHealthRoutes } from './health-routes.ts'
import { HeldRefusals } from './held-refusals.ts'
import { InFlight } from './in-flight.ts'
import { createHttpMetrics, type HttpMetrics } from './metrics.ts'
import { createNotFoundHandler } from './not-found.ts'
import { createOpenApi, type OpenApiDocument } from './openapi.ts'
import { addPageFiles } from './page-files.ts'
import type { Pages } from './pages.ts'
import type { Pipeline } from './pipeline.ts'
import { adviceOf, definitionsOf } from './problem-document.ts'
import { referenceOfHost } from './reference-of-host.ts'
import { addReferenceRoutes } from './reference-routes.ts'
import type { Route } from './route.ts'
import { refuse } from './send.ts'
import { trackSilentConnections } from './silent-connections.ts'

export interface HttpServerOptions {
  readonly routes: readonly Route[]
  /** Tables of the systems; the platform's own is always known. */
  readonly problems: readonly ProblemTable[]
  readonly pipeline: Pipeline
  /** What differs from `httpDefaults`. */
  readonly configuration?: Partial<HttpConfiguration>
  readonly logger: Logger
  readonly metrics?: HttpMetrics
  /** Whether a host is a tenant's: what is told there of the API leaves out what operators may do. */
  readonly isTenantHost?: (name: string) => boolean
  /** What `/readyz` asks. */
  readonly checks?: ReadinessChecks
  /** What browsers are shown; without it there is the API alone. */
  readonly pages?: Pages
}

export interface HttpServer {
  readonly metrics: HttpMetrics
  /** What `/v1/openapi.json` answers. */
  readonly openapi: OpenApiDocument
  /** For a caller that mounts something of its own beside the routes. */
  readonly fastify: FastifyInstance
  /** Answers the port, for when 0 was asked for. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>
  /** Stops accepting, lets answers in flight end for `stopTimeout`, then ends them. */
  stop(): Promise<void>
}

/**
 * Makes an HTTP server out of declared routes. What needs features is in `pipeline`.
 *
 * @example
 * const server = createHttpServer({ routes, problems: [], pipeline, logger: pino() })
 * const port = await server.listen({ host: '127.0.0.1', port: 0 })
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const configuration = { ...httpDefaults, ...options.configuration }
  const metrics = options.metrics ?? createHttpMetrics()
  const tables = [platformProblems, ...options.problems]
  const openapi = createOpenApi(options)
  const assembly: Assembly = {
    pipeline: options.pipeline,
    configuration,
    logger: options.logger,
    metrics,
    advice: adviceOf(tables),
    readForwarding: createForwardingReader(configuration.trustedProxies),
    abortable: new InFlight(),
    heldRefusals: new HeldRefusals(),
    stopping: false,
  }
  const server = createFastify(assembly)
  const silent = trackSilentConnections(server.server)
  server.setErrorHandler((error, request, reply) => refuse(assembly, request, reply, error))
  server.setNotFoundHandler(createNotFoundHandler(assembly, options.routes, options.pages))
  addReferenceRoutes(server, referenceOfHost(options, assembly, openapi, definitionsOf(tables)))
  addHealthRoutes(server, options.checks ?? {}, () => assembly.stopping)
  if (options.pages !== undefined) addPageFiles(server, options.pages)
  for (const route of options.routes) addRoute(server, assembly, route)

  return {
    metrics,
    openapi,
    fastify: server,
    async listen(address) {
      await server.listen(address)
      return (server.server.address() as AddressInfo).port
    },
    stop: () => stop(server, assembly, silent),
  }
}

function createFastify(assembly: Assembly): FastifyInstance {
  const { configuration } = assembly
  const server = Fastify({
    // Our own line per request; Fastify's child logger per request costs more than the line.
    logger: false,
    // The exchange has the id; a request that never gets one has it made when it is refused.
    genReqId: () => '',
    requestIdHeader: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: configuration.keepAliveTimeout,
    requestTimeout: configuration.requestTimeout,
    // Of silence; while a request is at work `watchEnd` decides what it means.
    connectionTimeout: configuration.stallTimeout,
    clientErrorHandler: createClientErrorHandler(assembly.advice),
    frameworkErrors: (error, request, reply) => refuse(assembly, request, reply, error),
    http: {
      maxHeaderSize: configuration.headerSize,
      headersTimeout: configuration.headersTimeout,
      // Node looks for late requests every 30 s unless told.
      connectionsCheckingInterval: Math.min(configuration.headersTimeout, 5000),
      // Two `Host` or `Authorization` headers become one that nobody accepts, instead of the first one winning here and
      // the last one in a proxy.
      joinDuplicateHeaders: true,
    },
    routerOptions: {
      maxParamLength: 500,
      // The text itself: `readInput` parses it once the request has been let in, and says what is wrong with it.
      querystringParser: (text) => text as unknown as Record<string, string>,
    },
  })
  server.server.maxHeadersCount = configuration.headerCount
  // Node would refuse an `Expect` that it does not know without a body; a server may as well not heed it (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response))
  server.decorateRequest('exchange', null)
  // Bodies are read after the caller has been let in, by `receiveBody`.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, _payload, done) => done(null))
  return server as unknown as FastifyInstance
}

function addRoute(server: FastifyInstance, assembly: Assembly, route: Route): void {
  const compiled = compileRoute(route, assembly.configuration.bodyLimit)
  server.route({
    method: route.method,
    url: compiled.url,
    onRequest: (request, reply, done) => enter(assembly, compiled, request, reply, done),
    // Answers nothing itself: `handleRequest` sends, and never rejects.
    handler: (request, reply) => {
      void handleRequest(assembly, compiled, request, reply)
    },
  })
}

async function stop(server: FastifyInstance, assembly: Assembly, silent: { close(): void }): Promise<void> {
  assembly.stopping = true
  assembly.heldRefusals.releaseAll()
  const closed = server.close()
  for (const exchange of assembly.abortable.all()) if (exchange.isEndless) exchange.abort()
  // An answer that began before the stop promised its client the connection; at its end nobody else closes it.
  const idle = setInterval(() => {
    server.server.closeIdleConnections()
    silent.close()
  }, 50)
  try {
    const ended = await Promise.race([closed.then(() => true), delay(assembly.configuration.stopTimeout)])
    if (ended) return
    for (const exchange of assembly.abortable.all()) exchange.abort()
    // A moment for handlers that listen to their signal to end their answers in order.
    await Promise.race([closed, delay(200)])
    server.server.closeAllConnections()
    await closed
  } finally {
    clearInterval(idle)
  }
}

function delay(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds).unref())
}
