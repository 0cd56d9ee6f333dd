import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from '../child.ts'

export interface Served {
  readonly port: number
  readonly close: () => unknown
}

export interface Usage {
  /** Of the whole process, user and system. */
  readonly cpuMicroseconds: number
  readonly rssMegabytes: number
}

/** What every server of the bench tells its parent: where it listens, and what it has used. */
export function serveFor<Settings = string>(start: (settings: Settings) => Promise<Served>): void {
  let served: Served | undefined
  answer(
    {
      start: async (settings: Settings) => {
        served = await start(settings)
        return served.port
      },
      usage: (): Usage => {
        const { user, system } = process.cpuUsage()
        return { cpuMicroseconds: user + system, rssMegabytes: process.memoryUsage.rss() / 1024 / 1024 }
      },
    },
    () => served?.close(),
  )
}

/** A bare `node:http` server on a free port. */
export function listen(listener: RequestListener, close: () => unknown): Promise<Served> {
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port, close }))
  })
}
