import { randomBytes } from 'node:crypto'
import { createClient, follow, TenantryProblem } from '@tenantry/client'
import { signedHeaders } from '../../webhooks/signed-headers.ts'
import type { Call } from '../command.ts'
import { type ExitCode, Refusal, usage } from '../refusal.ts'
import { stopSignal } from '../stop-signal.ts'

/** Milliseconds: as long as a real receiver has. */
const timeout = 15_000

/** As the stream tells it. */
interface Event {
  readonly id: string
  readonly type: string
  readonly objectId: string
  readonly version: number
  readonly data: unknown
  readonly at: string
}

/** Asks the API like anybody's program, and needs no database: whoever writes a receiver has a key, and nothing else. */
export async function run({ arguments: [receiver = ''], options, configuration, out }: Call): Promise<ExitCode> {
  const address = addressOf(receiver)
  const types = options.list('type')
  const baseUrl = configuration.apiUrl ?? `http://127.0.0.1:${configuration.port}`
  const key = configuration.apiKey ?? (await keyFromInput())
  const stop = stopSignal()
  const client = createClient({ baseUrl, key, retries: 1 })
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  try {
    const { tenant } = (await client.GET('/v1/session', { signal: stop.signal })).data
    const opened = () => {
      out.say(`${tenant.slug}: what happens from now on goes to ${address}.`)
      out.line({ kind: 'listening', tenant: tenant.slug, address, secret }, () => `Signed with ${secret}`)
    }
    // A break is passed over in silence: it goes on behind the last event.
    let isFirst = true
    const onState = (isOpen: boolean) => {
      if (isOpen && isFirst) opened()
      isFirst &&= !isOpen
    }
    for await (const { type, data } of follow(client, '/v1/events/stream', { signal: stop.signal, onState })) {
      if (type === 'reset') out.say('More happened during a break than is told again.')
      const event = data as Event
      if (type !== 'event' || !isWanted(event.type, types)) continue
      const outcome = await forward(address, bodyOf(event, tenant.id), event.id, secret, stop.signal)
      if (stop.signal.aborted) break
      out.line({ kind: 'event', id: event.id, type: event.type, ...outcome }, () =>
        [event.type, event.id, outcome.status ?? outcome.code, `${outcome.millis} ms`].join('  '),
      )
    }
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    throw refusalOf(error, baseUrl)
  }
}

/** What a delivery holds: `bodyOf` in webhooks/delivery-queries.ts. */
function bodyOf({ id, type, at, objectId, version, data }: Event, tenantId: string): string {
  return JSON.stringify({ id, type, timestamp: at, tenantId, objectId, version, data })
}

async function forward(address: string, body: string, eventId: string, secret: string, stopped: AbortSignal) {
  const headers = signedHeaders({ eventId, body, now: new Date(), secrets: [secret] })
  const startedAt = performance.now()
  const outcome = (code: string, status: number | null = null) => ({
    code,
    status,
    millis: Math.round(performance.now() - startedAt),
  })
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeout)])
    const { status, body: answer } = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal })
    await answer?.cancel()
    return outcome(status >= 200 && status < 300 ? 'delivered' : `status_${status}`, status)
  } catch (error) {
    return outcome((error as Error).name === 'TimeoutError' ? 'timed_out' : 'unreachable')
  }
}

function isWanted(type: string, wanted: readonly string[]): boolean {
  const fits = (each: string) => each === '*' || each === type || (each.endsWith('.*') && type.startsWith(each.slice(0, -1)))
  return wanted.length === 0 || wanted.some(fits)
}

function addressOf(receiver: string): string {
  const address = /^\d{1,5}$/.test(receiver) ? `http://127.0.0.1:${receiver}/` : receiver
  if (/^https?:\/\//.test(address) && URL.canParse(address)) return address
  throw usage('<receiver> is a port, such as 3000, or an address, such as http://127.0.0.1:3000/hook.')
}

async function keyFromInput(): Promise<string> {
  const text = process.stdin.isTTY ? '' : (await Array.fromAsync(process.stdin.setEncoding('utf8'))).join('').trim()
  if (text !== '') return text
  throw usage('Set TENANTRY_KEY to an API key with the reach of the whole tenant, or give it on standard input.')
}

function refusalOf(error: unknown, baseUrl: string): unknown {
  if (error instanceof TenantryProblem) return new Refusal(error.code, error.message)
  // How `fetch` says that nobody is there.
  if (error instanceof TypeError) return new Refusal('api_unreachable', `The API cannot be reached at ${baseUrl}.`)
  return error
}
