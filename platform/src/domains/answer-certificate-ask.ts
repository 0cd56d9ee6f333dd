import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseHost } from '../http/request-host.ts'
import type { ServedHosts } from './served-hosts.ts'

export const certificateAskPath = '/certificates/ask'

/** Caddy's question before it gets a certificate, `?domain=`: 200 for a host of ours, 403 for any other, 503 while nobody can say. */
export function answerCertificateAsk(served: ServedHosts) {
  return async ({ url }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = new URL(url ?? '/', 'http://localhost').searchParams.get('domain') ?? ''
    const host = parseHost(asked)
    if (host === undefined || host.port !== undefined) {
      response.writeHead(403).end()
      return
    }
    const status = await served.isServed(host.name).then(
      (is) => (is ? 200 : 403),
      () => 503,
    )
    response.writeHead(status).end()
  }
}
