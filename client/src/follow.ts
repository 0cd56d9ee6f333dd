import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { MaybeOptionalInit } from 'openapi-fetch'
import type { PathsWithMethod } from 'openapi-typescript-helpers'
import type { TenantryClient } from './create-client.ts'
import { TenantryProblem } from './problem.ts'

/** One event of a stream. `reset` says that more was missed than is told again: read anew what you follow. */
export interface StreamedEvent {
  readonly type: string
  /** Where to go on: `after` of another `follow`. */
  readonly id: string | undefined
  readonly data: unknown
}

/** A path that answers server-sent events. */
export type StreamPath<Paths extends object> = {
  [Path in PathsWithMethod<Paths, 'get'> & keyof Paths & string]: Paths[Path] extends {
    get: { responses: { 200: { content: { 'text/event-stream': unknown } } } }
  }
    ? Path
    : never
}[PathsWithMethod<Paths, 'get'> & keyof Paths & string]

export interface FollowOptions {
  /** Ends it; so does leaving the loop. */
  readonly signal?: AbortSignal
  /** `id` of the last event that is known already. Default: from now on. */
  readonly after?: string
  /** Hears whether the stream is open. */
  readonly onState?: (isOpen: boolean) => void
}

/** Milliseconds before a stream that broke off is asked for again; doubles while it does not open. */
const firstWait = 500
const longestWait = 30_000
/** Milliseconds: a stream says every 15 s that it is alive. One that says nothing for longer is cut off, and nobody told us. */
const silence = 40_000

/**
 * Events as they happen, for as long as somebody takes them: after a break it goes on behind the last one.
 *
 * @throws TenantryProblem when it is refused for good: `unauthenticated`, `forbidden`, `not_found`
 * @example
 * for await (const { type, data } of follow(client, '/v1/events/stream')) if (type === 'event') show(data)
 */
export async function* follow<Paths extends object, Path extends StreamPath<Paths>>(
  client: TenantryClient<Paths>,
  path: Path,
  options?: MaybeOptionalInit<Paths[Path], 'get' & keyof Paths[Path]> & FollowOptions,
): AsyncGenerator<StreamedEvent, void, undefined> {
  // The types of a single path are settled by the signature; inside, any stream is read the same way.
  const read = client.GET as unknown as (path: string, options: object) => Promise<{ data: ReadableStream<Uint8Array> }>
  const { signal, after, onState, ...given } = (options ?? {}) as FollowOptions
  let lastId = after
  for (let wait = firstWait; !signal?.aborted; wait = Math.min(2 * wait, longestWait)) {
    const watch = new SilenceWatch(signal)
    try {
      const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) }
      const { data } = await read(path, { ...given, headers, parseAs: 'stream', signal: watch.signal })
      wait = firstWait
      onState?.(true)
      for await (const { id, event = 'message', data: text } of messagesIn(data, watch)) {
        lastId = id ?? lastId
        yield { type: event, id, data: JSON.parse(text) }
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!watch.signal.aborted && !passes(error)) throw error
    } finally {
      watch.end()
      onState?.(false)
    }
    await pause(wait, signal)
  }
}

async function* messagesIn(body: ReadableStream<Uint8Array>, watch: SilenceWatch): AsyncGenerator<EventSourceMessage> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const heard: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => heard.push(message) })
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      watch.heard()
      parser.feed(decoder.decode(part.value, { stream: true }))
      yield* heard.splice(0)
    }
  } finally {
    // Who leaves the loop closes the connection.
    await reader.cancel().catch(() => undefined)
  }
}

/** Gives up a stream of which nothing was heard for too long. */
class SilenceWatch {
  readonly signal: AbortSignal
  readonly #lost = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(signal: AbortSignal | undefined) {
    this.signal = AbortSignal.any([this.#lost.signal, ...(signal === undefined ? [] : [signal])])
    this.heard()
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#lost.abort(), silence)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** The network, and a server that is busy: later it may be otherwise. */
function passes(error: unknown): boolean {
  if (error instanceof TenantryProblem) return error.status >= 500 || error.status === 429
  return error instanceof TypeError
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done, { once: true })
  })
}
