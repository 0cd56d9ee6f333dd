import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'

export interface FaultyProxy {
  /** The same database, through the proxy. */
  readonly url: string
  /** From now on nothing passes on the connections there are, and nobody is told: a cable that was pulled. */
  readonly goSilent: () => void
  /** Breaks the connections there are. */
  readonly cut: () => void
  /** What becomes of each connection that PostgreSQL lets in from now on. */
  readonly onceLetIn: (fate: () => 'lives' | 'goes silent' | 'is terminated') => void
  /** Passes on nothing of what PostgreSQL answers, so that what is sent is done but not heard of. */
  readonly swallowAnswers: () => void
  readonly close: () => Promise<void>
}

/** ReadyForQuery outside a transaction, as PostgreSQL writes it. */
const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** FATAL: terminating connection due to administrator command. */
const terminated = errorResponse('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')

function errorResponse(fields: string): Buffer {
  const message = Buffer.alloc(5 + fields.length, `E\0\0\0\0${fields}`)
  message.writeInt32BE(4 + fields.length, 1)
  return message
}

/** A TCP proxy before PostgreSQL, for faults that PostgreSQL itself does not have. */
export async function proxyTo(url: string): Promise<FaultyProxy> {
  const target = new pg.Client(url)
  const pairs = new Set<{ near: Socket; far: Socket; silent: boolean; deaf: boolean }>()
  let fateOnceLetIn: () => 'lives' | 'goes silent' | 'is terminated' = () => 'lives'
  const server = createServer((near) => {
    const far = target.host.startsWith('/')
      ? connect(`${target.host}/.s.PGSQL.${target.port}`)
      : connect(target.port, target.host)
    const pair = { near, far, silent: false, deaf: false }
    pairs.add(pair)
    near.on('data', (bytes) => pair.silent || far.write(bytes))
    far.on('data', (bytes) => {
      if (pair.silent || pair.deaf) return
      const fate = bytes.includes(readyForQuery) ? fateOnceLetIn() : 'lives'
      pair.silent = fate === 'goes silent'
      if (fate === 'is terminated') near.end(Buffer.concat([bytes, terminated]))
      else near.write(bytes)
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => {
        if (!pair.silent) other.destroy()
        if (near.destroyed && far.destroyed) pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = new URL('postgres://127.0.0.1')
  address.port = String((server.address() as AddressInfo).port)
  address.username = encodeURIComponent(target.user ?? '')
  address.password = encodeURIComponent(target.password ?? '')
  address.pathname = `/${target.database}`
  return {
    url: address.href,
    goSilent: () => {
      for (const pair of pairs) pair.silent = true
    },
    onceLetIn: (fate) => {
      fateOnceLetIn = fate
    },
    swallowAnswers: () => {
      for (const pair of pairs) pair.deaf = true
    },
    cut: () => {
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
    },
    close: async () => {
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
