import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential, World } from './world.ts'

/** One request as it goes out. The host is said apart from the address, as a tenant's browser would say it. */
export interface Shot {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly host: string
  readonly credential?: Credential | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: { readonly contentType: string; readonly text: string } | undefined
}

export interface Answer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What a browser says beside its cookie: that a page of the host itself asks. */
export function headersOf(
  { originOf }: Pick<World, 'originOf'>,
  host: string,
  credential: Credential | undefined,
): Readonly<Record<string, string>> {
  return typeof credential === 'object' ? { origin: originOf(host) } : {}
}

export function json(value: unknown): { readonly contentType: string; readonly text: string } {
  return { contentType: 'application/json', text: JSON.stringify(value) }
}

/** Milliseconds: what a stream of events says within them is its answer, for it has no end. */
const listening = 1_000

/** Sends requests to one server. By `node:http`, because `fetch` does not let a caller choose its `Host`. */
export class Wire {
  readonly #base: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })
  requests = 0

  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl)
  }

  /** A server that says "too much" or "not now" is asked again when it said: the attack is about walls, not about rates. */
  async send(shot: Shot): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#sendOnce(shot)
      const isBusy = answer.status === 503 || (answer.status === 429 && answer.text.includes('"rate_limited"'))
      if (!isBusy || attempt === 10) return answer
      await sleep(Number(answer.headers['retry-after'] ?? 1) * 1000)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #sendOnce({ method, path, host, credential, headers = {}, body }: Shot): Promise<Answer> {
    this.requests += 1
    const { hostname, port } = this.#base
    const about = {
      host: port === '' ? host : `${host}:${port}`,
      ...(typeof credential === 'string' ? { authorization: `Bearer ${credential}` } : credential),
      ...(body === undefined ? {} : { 'content-type': body.contentType, 'content-length': String(Buffer.byteLength(body.text)) }),
      ...headers,
    }
    return new Promise((resolve, reject) => {
      const options = { host: hostname, port, method, path, headers: about, agent: this.#agent, timeout: 30_000 }
      const outgoing = request(options, (incoming) => {
        const pieces: Buffer[] = []
        incoming.on('data', (piece: Buffer) => pieces.push(piece))
        incoming.on('error', reject)
        const answer = () => {
          const all = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
          resolve({ status: incoming.statusCode ?? 0, headers: Object.fromEntries(all), text: Buffer.concat(pieces).toString() })
        }
        incoming.on('end', answer)
        if (incoming.headers['content-type']?.startsWith('text/event-stream') !== true) return
        setTimeout(() => {
          answer()
          outgoing.destroy()
        }, listening)
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} was not answered within 30 s`)))
      outgoing.on('error', reject)
      outgoing.end(body?.text)
    })
  }
}
