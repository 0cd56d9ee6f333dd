import { Agent, request } from 'node:http'

export interface Post {
  readonly url: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Posts over kept-alive connections; anything but 2xx is an error, with what was said. */
export class Poster {
  readonly #agent: Agent

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  send({ url, body, headers = {} }: Post): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      })
      sent.on('error', reject)
      sent.on('response', async (response) => {
        try {
          const text = (await Array.fromAsync(response.setEncoding('utf8'))).join('')
          const status = response.statusCode ?? 0
          if (status >= 200 && status < 300) resolve(text)
          else reject(new Error(`${url} answered ${status}: ${text.slice(0, 300)}`))
        } catch (error) {
          reject(error)
        }
      })
      sent.end(body)
    })
  }

  /** So many at a time as there are connections, in order. */
  async sendAll(posts: readonly Post[]): Promise<void> {
    const queue = posts.values()
    const lane = async () => {
      for (const post of queue) await this.send(post)
    }
    await Promise.all(Array.from({ length: this.#agent.maxSockets }, lane))
  }

  close(): void {
    this.#agent.destroy()
  }
}
