import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Customer } from './installation.test-support.ts'

export interface Answer {
  /** 0 when the connection broke or was refused. */
  readonly status: number
  readonly text: string
  /** Milliseconds by the monotonic clock. */
  readonly at: number
  readonly took: number
}

export interface Write extends Answer {
  readonly name: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** One request, by a connection of its own where `alone` is set. Never rejects. */
export function call(
  port: number,
  customer: Customer,
  method: 'GET' | 'POST',
  path: string,
  { body, type = 'application/json', alone = false }: { body?: string; type?: string; alone?: boolean } = {},
): Promise<Answer> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const done = (status: number, text: string) =>
      resolve({ status, text, at: performance.now(), took: performance.now() - startedAt })
    const headers = {
      authorization: `Bearer ${customer.key}`,
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    }
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers, agent: alone ? false : agent, timeout: 30_000 },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (piece: string) => {
          text += piece
        })
        incoming.on('end', () => done(incoming.statusCode ?? 0, text))
        incoming.on('error', (error) => done(0, error.message))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error('No answer in 30 s.')))
    outgoing.on('error', (error) => done(0, error.message))
    outgoing.end(body)
  })
}

export function createBuilding(
  port: number,
  customer: Customer,
  name: string,
  options: { alone?: boolean } = {},
): Promise<Answer> {
  return call(port, customer, 'POST', '/v1/bms/buildings', { body: JSON.stringify({ name }), ...options })
}

/** The newest buildings of a customer: goes to the database each time. */
export function readBuildings(port: number, customer: Customer): Promise<Answer> {
  return call(port, customer, 'GET', '/v1/bms/buildings?limit=5')
}

export interface Load {
  readonly writes: readonly Write[]
  readonly reads: readonly Answer[]
  /** Lets what was sent be answered. */
  readonly stop: () => Promise<void>
}

/** Buildings created and read without a pause, by two customers at once, until it is stopped. */
export function steadyLoad(port: number, customers: readonly Customer[], { alone = false } = {}): Load {
  const writes: Write[] = []
  const reads: Answer[] = []
  let stopped = false
  const repeat = async (step: () => Promise<Answer>) => {
    while (!stopped) if ((await step()).status === 0) await sleep(20)
  }
  const loops = customers.flatMap((customer) => [
    ...[1, 2, 3].map(() =>
      repeat(async () => {
        const name = `Building ${crypto.randomUUID()}`
        const write = { ...(await createBuilding(port, customer, name, { alone })), name }
        writes.push(write)
        return write
      }),
    ),
    repeat(async () => {
      const read = await readBuildings(port, customer)
      reads.push(read)
      return read
    }),
  ])
  return {
    writes,
    reads,
    stop: async () => {
      stopped = true
      await Promise.all(loops)
    },
  }
}

/** Ids of the buildings that the server said it had stored. */
export function acknowledged(load: Load): string[] {
  return load.writes.filter(({ status }) => status === 201).map(({ text }) => (JSON.parse(text) as { id: string }).id)
}

/** Answers that are neither a success nor a problem in our own words: each is a fault. */
export function illegible({ writes, reads }: Load): Answer[] {
  return [...writes, ...reads].filter(({ status, text }) => status >= 400 && !isOwnProblem(text))
}

const foreignWords = /postgres|SQLSTATE|FATAL|terminating|relation|constraint|backend|ECONN|EPIPE|socket|\bat .*\.[jt]s|pg_/i

export function isOwnProblem(text: string): boolean {
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown }
    return typeof code === 'string' && typeof detail === 'string' && !foreignWords.test(text)
  } catch {
    return false
  }
}

/** Milliseconds until `ask` answers true; fails after `most`, with what `tell` has to say about it. */
export async function until(ask: () => Promise<boolean> | boolean, most: number, tell = () => ''): Promise<number> {
  const startedAt = performance.now()
  while (!(await ask())) {
    if (performance.now() - startedAt > most) throw new Error(`Not so after ${most} ms. ${tell()}`)
    await sleep(20)
  }
  return performance.now() - startedAt
}
