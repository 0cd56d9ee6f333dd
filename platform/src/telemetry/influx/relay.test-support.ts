import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What went to InfluxDB: the query or the lines, as text. */
export interface Heard {
  readonly path: string
  readonly text: string
}

export interface Relay {
  readonly url: string
  readonly heard: Heard[]
  readonly close: () => Promise<void>
}

/** Stands before InfluxDB and hands on what is sent, or answers itself. */
export async function startRelay(target: string, answer?: (heard: Heard) => string | undefined): Promise<Relay> {
  const { origin, pathname } = new URL(target)
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    const body = (await Array.fromAsync(request)).map(String).join('')
    const path = request.url ?? ''
    const said = { path, text: path.startsWith('/query') ? (new URLSearchParams(body).get('q') ?? '') : body }
    heard.push(said)
    const own = answer?.(said)
    if (own !== undefined) return void response.end(own)
    const { method = 'GET', headers } = request
    const type = headers['content-type'] ?? 'text/plain'
    const answered = await fetch(origin + path, { method, headers: { 'content-type': type }, ...(body === '' ? {} : { body }) })
    response.writeHead(answered.status)
    response.end(await answered.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${pathname}`,
    heard,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
