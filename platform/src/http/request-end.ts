import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Assembly } from './assembly.ts'
import type { Exchange } from './exchange.ts'
import { logRequest } from './request-log.ts'

/** What happens once per request when its connection is done with it, whether it was answered or left. */
export function watchEnd(assembly: Assembly, exchange: Exchange, outgoing: ServerResponse): void {
  outgoing.on('timeout', endUnlessWaitingForUs)
  outgoing.on('close', () => {
    exchange.end()
    const milliseconds = performance.now() - exchange.startedAt
    const { route } = exchange.route
    if (!exchange.answered) exchange.abort()
    logRequest(assembly.logger, exchange, milliseconds)
    assembly.metrics.observe(exchange.facts.method, route.path, exchange.answered ? exchange.statusCode : 499, milliseconds)
    if (exchange.identified) {
      const { statusCode: status, problem } = exchange
      const received = Number(exchange.facts.headers['content-length'] ?? 0)
      assembly.pipeline.settle?.(route, exchange.identified, exchange, { status, problem, milliseconds, received })
    }
  })
}

/** A silent connection with bytes to take has a reader who takes none, and what he holds up (a cursor, memory) is everybody's. */
function endUnlessWaitingForUs(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy()
}
