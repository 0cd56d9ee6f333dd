import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface Central {
  readonly url: string
  /** `network/node` of those that were let in. */
  readonly authorised: Set<string>
  readonly stop: () => Promise<void>
}

/** The one call of ZeroTier Central that is asked for, with its refusals. */
export async function startCentral(token: string, networks: readonly string[]): Promise<Central> {
  const authorised = new Set<string>()
  const server = createServer(async (request, response) => {
    const [, network = '', node = ''] = /^\/api\/v1\/network\/([^/]+)\/member\/([^/]+)$/.exec(request.url ?? '') ?? []
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.headers.authorization !== `token ${token}`) return send(403, { type: 'internal', message: 'access denied' })
    if (request.method !== 'POST' || !networks.includes(network)) return send(404, { message: 'not found' })
    const { config } = (await json(request)) as { config?: { authorized?: boolean } }
    if (config?.authorized === true) authorised.add(`${network}/${node}`)
    send(200, { id: `${network}-${node}`, networkId: network, nodeId: node, config: { authorized: config?.authorized } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    authorised,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
