import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { BuildingModel } from '../../demo/building-model.ts'

export interface ControllerOptions {
  readonly building: { readonly name: string; readonly timeZone: string }
  /** What it wants to see as `Authorization: Bearer …`; without one it answers anybody. */
  readonly secret?: string
  /** Default 0, a free one. */
  readonly port?: number
  /** Seconds between two points of a sensor. Default 60. */
  readonly step?: number
  /** How long it remembers. Default 24. */
  readonly hours?: number
  /** Milliseconds since 1970. Default the real time. */
  readonly clock?: () => number
}

export interface Controller {
  /** Where its points are: `http://127.0.0.1:41234/points`. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** As many as a small controller has memory for: the rest comes with the next question. */
const mostPoints = 5_000

/**
 * A building's controller, as one stands in a cellar: it measures, and answers who asks for what was measured since. What the
 * guide on connectors asks of a controller, it does.
 *
 * @example
 * const controller = await startController({ building: { name: 'Mill Yard', timeZone: 'Europe/London' }, secret: 'open sesame' })
 * // GET http://127.0.0.1:…/points?since=2026-01-01T00:00:00Z
 */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const model = new BuildingModel(options.building)
  const server = createServer((request, response) => answer(request, response, options, model))
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/points`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(request: IncomingMessage, response: ServerResponse, options: ControllerOptions, model: BuildingModel): void {
  const url = new URL(request.url ?? '/', 'http://controller')
  const { secret, step = 60, hours = 24, clock = Date.now } = options
  const now = clock()
  const oldest = now - hours * 3_600_000
  const since = Date.parse(url.searchParams.get('since') ?? new Date(oldest).toISOString())
  if (url.pathname !== '/points') send(request, response, 404, { error: 'There are only /points.' })
  else if (secret !== undefined && request.headers.authorization !== `Bearer ${secret}`) {
    send(request, response, 401, { error: 'Wrong secret.' })
  } else if (Number.isNaN(since)) send(request, response, 400, { error: 'since is no time.' })
  else send(request, response, 200, { points: pointsBetween(model, Math.max(since, oldest), now, step * 1_000) })
}

/** The oldest first, so that who asks again from the newest he got misses none. */
function pointsBetween(model: BuildingModel, since: number, now: number, step: number) {
  const points: unknown[] = []
  for (let at = Math.ceil(since / step) * step; at <= now && points.length < mostPoints; at += step) {
    for (const { pointType, unit, time, value } of model.pointsAt(at)) {
      points.push({ point_type: pointType, unit, time, value })
    }
  }
  return points
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  const packed = /\bgzip\b/.test(String(request.headers['accept-encoding']))
  response.writeHead(status, { 'content-type': 'application/json', ...(packed ? { 'content-encoding': 'gzip' } : {}) })
  response.end(packed ? gzipSync(text) : text)
}
