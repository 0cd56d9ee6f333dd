import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../statistics.ts'
import { LoadConnection } from './connection.ts'

/** What is asked, again and again in this order. */
export interface Target {
  readonly path: string
  readonly host: string
  readonly authorization?: string
}

export interface LoadOrder {
  readonly port: number
  readonly targets: readonly Target[]
  readonly connections: number
  readonly milliseconds: number
  /** Requests a second; without it each connection asks again as soon as it was answered. */
  readonly perSecond?: number
}

export interface LoadReport {
  readonly answered: number
  readonly perSecond: number
  readonly byStatus: Readonly<Record<string, number>>
  /** Connections that broke. */
  readonly broken: number
  readonly megabytes: number
  /** Milliseconds of every answered request, in no order. */
  readonly p50: number
  readonly p99: number
  readonly latencies: readonly number[]
}

export async function runLoad(order: LoadOrder, stop: AbortSignal): Promise<LoadReport> {
  const requests = order.targets.map((target) => encode(target, order.port))
  const connections = await Promise.all(Array.from({ length: order.connections }, () => LoadConnection.open(order.port)))
  const latencies: number[] = []
  const byStatus: Record<string, number> = {}
  let bytes = 0
  let broken = 0
  let next = Math.floor(Math.random() * requests.length)
  const started = performance.now()
  const until = started + order.milliseconds
  const over = () => stop.aborted || performance.now() >= until

  const ask = (connection: LoadConnection) =>
    new Promise<void>((resolve) => {
      const at = performance.now()
      connection.send(requests[next++ % requests.length] as Buffer, (answered) => {
        if (answered === undefined) broken++
        else {
          latencies.push(performance.now() - at)
          byStatus[answered.status] = (byStatus[answered.status] ?? 0) + 1
          bytes += answered.bytes
        }
        resolve()
      })
    })

  async function another(): Promise<LoadConnection> {
    const opened = await LoadConnection.open(order.port)
    connections.push(opened)
    return opened
  }

  async function again(index: number): Promise<void> {
    while (!over()) {
      let connection = connections[index] as LoadConnection
      if (!connection.usable) connection = connections[index] = await LoadConnection.open(order.port)
      await ask(connection)
    }
  }

  /** Sent when it is time, whether the one before was answered or not: a slow server is not asked less. */
  async function paced(perSecond: number): Promise<void> {
    const idle = [...connections]
    const asked: Promise<void>[] = []
    for (let count = 0; !over(); count++) {
      const due = started + (count * 1_000) / perSecond
      while (performance.now() < due && !over()) await sleep(Math.max(0, due - performance.now()))
      const connection = idle.pop() ?? (await another())
      if (over()) break
      asked.push(ask(connection).then(() => void (connection.usable && idle.push(connection))))
    }
    await Promise.race([Promise.all(asked), sleep(2_000)])
  }

  // Answers that are still under way at the end are not waited for longer than this.
  const cut = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
  if (order.perSecond === undefined) {
    await Promise.race([Promise.all(connections.map((_, index) => again(index))), sleep(order.milliseconds + 2_000), cut])
  } else {
    await paced(order.perSecond)
  }
  const seconds = (performance.now() - started) / 1_000
  for (const connection of connections) connection.close()
  return {
    answered: latencies.length,
    perSecond: latencies.length / seconds,
    byStatus,
    broken,
    megabytes: bytes / 1e6,
    p50: latencies.length === 0 ? Number.NaN : percentile(latencies, 0.5),
    p99: latencies.length === 0 ? Number.NaN : percentile(latencies, 0.99),
    latencies,
  }
}

function encode({ path, host, authorization }: Target, port: number): Buffer {
  const credential = authorization === undefined ? '' : `Authorization: Bearer ${authorization}\r\n`
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${credential}\r\n`)
}
