import { problems } from '../../problems/catalogue.ts'
import type { Problem } from '../../problems/problem.ts'
import { type InfluxAddress, readInfluxAddress } from './influx-address.ts'
import { type InfluxRows, readAnswer } from './influx-answer.ts'
import { InfluxGate } from './influx-gate.ts'
import type { InfluxStatement } from './influx-statement.ts'

/** The one door to InfluxDB, through the v1 API that 1.x, 2.x and 3 all speak. */
export interface InfluxDatabase {
  /** Stores lines of a tenant, in microseconds. Refuses with `store_unavailable`. */
  write(tenantId: string, lines: string): Promise<void>
  /**
   * Asks statements of one tenant, one after the other, and reads their answers as they come. A row that bears another
   * tenant's tag, or another parent's, ends everything with an Error. Refuses with `store_unavailable`.
   */
  query(statements: readonly InfluxStatement[]): AsyncIterable<InfluxRows>
  /** Refuses with `store_unavailable` unless InfluxDB answers. */
  ping(): Promise<void>
}

/** Milliseconds in which InfluxDB begins to answer, or answers further. */
const patience = { ping: 2_000, write: 10_000, query: 30_000 }

/**
 * @param text `http://user:password@host:8086/database`
 * @throws Error where it is no such address.
 */
export function openInflux(text: string): InfluxDatabase {
  const address = readInfluxAddress(text)
  const gate = new InfluxGate()
  return {
    write: (tenantId, lines) => gate.pass(tenantId, () => write(address, lines)),
    async *query(statements) {
      const [first] = statements
      if (first === undefined) return
      if (statements.some(({ tenantId }) => tenantId !== first.tenantId))
        throw new Error('Statements of two tenants in one query.')
      using _ = await gate.enter(first.tenantId)
      yield* query(address, statements)
    },
    ping: async () => {
      const response = await send(address, '/ping', { method: 'GET', wait: patience.ping })
      await response.body?.cancel()
      if (!response.ok) throw unavailable(response.status)
    },
  }
}

async function write(address: InfluxAddress, lines: string): Promise<void> {
  const path = `/write?db=${encodeURIComponent(address.database)}&precision=u`
  const response = await send(address, path, { method: 'POST', body: lines, wait: patience.write })
  if (response.ok) return void (await response.body?.cancel())
  throw unavailable(`${response.status} ${await shortText(response)}`)
}

async function* query(address: InfluxAddress, statements: readonly InfluxStatement[]): AsyncGenerator<InfluxRows> {
  const body = new URLSearchParams({
    db: address.database,
    q: statements.map(({ text }) => text).join('; '),
    epoch: 'u',
    chunked: 'true',
    chunk_size: '5000',
  })
  const response = await send(address, '/query', { method: 'POST', body, wait: patience.query })
  if (!response.ok || response.body === null) throw unavailable(`${response.status} ${await shortText(response)}`)
  yield* readAnswer(response.body, statements, { wait: patience.query, unavailable })
}

interface Sent {
  readonly method: 'GET' | 'POST'
  readonly body?: string | URLSearchParams
  readonly wait: number
}

/** No redirect is followed: the address was configured, and what is sent belongs there. */
async function send({ origin, authorization }: InfluxAddress, path: string, { wait, ...sent }: Sent): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization }
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`InfluxDB did not answer within ${wait / 1_000} s.`)), wait)
  try {
    return await fetch(`${origin}${path}`, { ...sent, headers, redirect: 'error', signal: late.signal })
  } catch (error) {
    throw unavailable(error)
  } finally {
    clearTimeout(timer)
  }
}

/** What InfluxDB says goes to the log by way of the cause, never to the caller. */
export function unavailable(cause: unknown): Problem {
  const told = cause instanceof Error ? cause : new Error(`InfluxDB answered ${cause}`)
  return problems.store_unavailable(
    'The store of points cannot be reached. Nothing was answered or stored.',
    { retryAfter: 1 },
    told,
  )
}

async function shortText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const first = await reader?.read().catch(() => undefined)
  await reader?.cancel().catch(() => undefined)
  return new TextDecoder().decode(first?.value).slice(0, 300)
}
