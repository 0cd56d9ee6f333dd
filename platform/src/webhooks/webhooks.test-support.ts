import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook as Verifier } from 'standardwebhooks'

export interface Received {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: events of any type
  readonly body: any
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What it does from now on; until then it answers 204. */
  behave(answer: (request: IncomingMessage, response: ServerResponse) => void): void
  close(): void
}

/** A real server that keeps what it is sent. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = []
  const usual = (_request: IncomingMessage, response: ServerResponse) => response.writeHead(204).end()
  let behaviour: (request: IncomingMessage, response: ServerResponse) => void = usual
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const headers = request.headers as Record<string, string>
    received.push({ id: headers['webhook-id'] ?? '', headers, text, body: JSON.parse(text) })
    behaviour(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    behave: (answer) => {
      behaviour = answer
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const answering = (status: number) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end('nobody reads this')
}

/** As a consumer does it, with the library of the standard; at the time of the request. */
export function isSignedWith(secret: string, { id, headers, text }: Received): boolean {
  const verifier = new Verifier(secret)
  const sent = new Date(Number(headers['webhook-timestamp']) * 1_000)
  const signature = verifier.sign(id, sent, text)
  return (headers['webhook-signature'] ?? '').split(' ').includes(signature)
}

export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it did not happen')
}
