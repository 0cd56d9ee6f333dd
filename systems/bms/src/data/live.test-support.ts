import { type IncomingMessage, request } from 'node:http'
import type { Client } from '../bms.test-support.ts'

export interface LiveEvent {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  readonly data: any
}

/** A reader of server-sent events, as a portal would be one. */
export interface LiveReader {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: () => string
  readonly events: () => LiveEvent[]
  /** Values of `points` events, in the order in which they came. */
  readonly values: () => number[]
  readonly isOver: () => boolean
  /** Takes nothing more from its connection. */
  readonly pause: () => void
  readonly resume: () => void
  readonly leave: () => void
}

export async function follow(
  baseUrl: string,
  client: Pick<Client, 'key'>,
  building: string,
  headers: Record<string, string> = {},
): Promise<LiveReader> {
  const outgoing = request(new URL(`/v1/bms/buildings/${building}/live`, baseUrl), {
    headers: { authorization: `Bearer ${client.key}`, accept: 'text/event-stream', ...headers },
    agent: false,
  })
  const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.on('response', resolve).on('error', reject).end(),
  )
  let text = ''
  let over = false
  incoming.setEncoding('utf8')
  incoming.on('data', (piece: string) => {
    text += piece
  })
  incoming.on('error', () => {})
  incoming.on('close', () => {
    over = true
  })
  const events = () => text.split('\n\n').slice(0, -1).flatMap(readEvent)
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text: () => text,
    events,
    values: () =>
      events()
        .filter(({ event }) => event === 'points')
        .flatMap(({ data }) => data.series)
        .flatMap(({ points }) => points)
        .map(({ value }) => value),
    isOver: () => over,
    pause: () => incoming.pause(),
    resume: () => incoming.resume(),
    leave: () => outgoing.destroy(),
  }
}

function readEvent(block: string): LiveEvent[] {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
  const data = field('data')
  return data === undefined ? [] : [{ id: field('id') ?? '', event: field('event') ?? '', data: JSON.parse(data) }]
}
