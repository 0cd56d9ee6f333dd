import { pino } from 'pino'
import type { HttpConfiguration } from './configuration.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts'
import { createMemoryPipeline, type MemoryPipeline } from './memory-pipeline.test-support.ts'
import type { Route } from './route.ts'

export interface TestServer {
  readonly http: HttpServer
  readonly port: number
  readonly url: string
  readonly pipeline: MemoryPipeline
  /** What was logged. */
  readonly lines: Record<string, unknown>[]
  get(path: string, headers?: Record<string, string>): Promise<Response>
  call(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: string | Uint8Array },
  ): Promise<Response>
  stop(): Promise<void>
}

/** A listening server for the routes given, on the memory pipeline. */
export async function startTestServer(
  routes: readonly Route[],
  configuration: Partial<HttpConfiguration> = {},
  more: Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const lines: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const pipeline = createMemoryPipeline()
  const http = createHttpServer({ routes, problems: [], pipeline, configuration, logger, ...more })
  const port = await http.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${port}`
  const call: TestServer['call'] = (method, path, { headers = {}, body } = {}) =>
    fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: body as string }) })
  return {
    http,
    port,
    url,
    pipeline,
    lines,
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    stop: () => http.stop(),
  }
}
