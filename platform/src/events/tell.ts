import type { TenantScope } from '../isolation/tenant-scope.ts'
import { Problem } from '../problems/problem.ts'
import { type CallOptions, call } from './call.ts'
import type { OutboxEvent, Subscriber } from './event.ts'
import { isAtEnd, keepFailure, keepPosition, nextEvents, type PlacedEvent, type Position, positionOf } from './outbox.ts'

export interface TellOptions extends CallOptions {
  /** For positions, which outlive the calls. */
  readonly scope: TenantScope
  /** Fires when no other event is to be told. */
  readonly signal: AbortSignal
  readonly onFailure: (subscriber: string, event: OutboxEvent, error: unknown) => void
}

/** What is left of a tenant's outbox for one subscriber: undefined when nothing is, else when to look again, in milliseconds. */
export type Rest = number | undefined

const pageSize = 100
/** After so many, or so many milliseconds, the tenant goes behind the others that wait: nobody may hold a place for ever. */
const pagesOfATurn = 5
const longestTurn = 30_000
/** What was committed, but not yet before every other transaction. */
const soon = 250
const longestPause = 300_000

/** Tells one subscriber what is new in one tenant, in order, until it fails, there is nothing more or others had to wait for long. */
export async function tell(subscriber: Subscriber, options: TellOptions): Promise<Rest> {
  const { scope, signal } = options
  const end = performance.now() + longestTurn
  let position = await positionOf(scope, subscriber.name)
  if (position.waits > 0) return position.waits
  for (let page = 0; page < pagesOfATurn; page++) {
    const events = await nextEvents(scope, position, pageSize)
    if (events.length === 0) return (await isAtEnd(scope, position)) ? undefined : soon
    const told = await tellPage(subscriber, events, position, end, options)
    position = told.position
    if (told.pause !== undefined) return told.pause
    if (signal.aborted || performance.now() > end) return 0
  }
  return 0
}

async function tellPage(
  subscriber: Subscriber,
  events: readonly PlacedEvent[],
  from: Position,
  end: number,
  options: TellOptions,
) {
  const { scope, signal, stop, onFailure } = options
  let position = from
  for (const { xid, ...event } of events) {
    if (signal.aborted || performance.now() > end) break
    if (wants(subscriber, event.type)) {
      try {
        await call(subscriber, event, options)
      } catch (error) {
        // The node's end is no failure of the subscriber's.
        if (stop.aborted) break
        onFailure(subscriber.name, event, error)
        const failures = (position.eventId === from.eventId ? from.failures : 0) + 1
        const pause = pauseAfter(failures)
        await keepFailure(scope, subscriber.name, { ...position, failures, waits: pause }, codeOf(error))
        return { position, pause }
      }
    }
    position = { xid, eventId: event.id, failures: 0, waits: 0 }
  }
  // Once for a page: after a crash within it some events are told twice, which every subscriber bears.
  if (position !== from) await keepPosition(scope, subscriber.name, position)
  return { position, pause: undefined }
}

export function wants({ events }: Pick<Subscriber, 'events'>, type: string): boolean {
  return events.some(
    (wanted) => wanted === '*' || (wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type),
  )
}

function pauseAfter(failures: number): number {
  return Math.min(1_000 * 2 ** Math.min(failures - 1, 20), longestPause) * (0.8 + Math.random() * 0.4)
}

function codeOf(error: unknown): string {
  return error instanceof Problem ? error.code : 'internal'
}
