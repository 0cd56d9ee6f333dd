import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import pg from 'pg'

export interface SilentProxy {
  /** The address with this proxy in between. */
  readonly url: string
  /** From now on nothing passes, old connections and new ones alike: what a half-open connection looks like. */
  fallSilent(): void
  /** The connections that are open now fall silent for good; new ones pass. */
  forgetOpen(): void
  speakAgain(): void
  close(): void
}

/** A TCP proxy in front of PostgreSQL that can stop passing bytes without closing anything. */
export async function silentProxy(url: string): Promise<SilentProxy> {
  const { host, port } = new pg.Client({ connectionString: url })
  const dial = () => (host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host))
  const sockets = new Set<Socket>()
  const forgotten = new WeakSet<Socket>()
  let silent = false
  const server = createServer((near) => {
    const far = dial()
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', (bytes) => {
        if (!silent && !forgotten.has(from)) to.write(bytes)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { user, password, database } = new pg.Client({ connectionString: url })
  const { port: own } = server.address() as AddressInfo
  return {
    url: `postgres://${user}:${encodeURIComponent(String(password))}@127.0.0.1:${own}/${database}`,
    fallSilent: () => {
      silent = true
    },
    forgetOpen: () => {
      for (const socket of sockets) forgotten.add(socket)
    },
    speakAgain: () => {
      silent = false
      // What was swallowed is lost: these connections are of no use any more.
      for (const socket of sockets) socket.destroy()
    },
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
