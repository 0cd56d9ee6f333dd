import { type Reply, reply } from './route.ts'

/** One event of a stream of server-sent events. */
export interface ServerEvent {
  /** What a client that was cut off sends as `Last-Event-ID`. One line. */
  readonly id: string
  readonly event: string
  /** Sent as JSON. */
  readonly data: unknown
}

/** Milliseconds of silence after which a line says that the stream is alive: proxies end what is silent for 30 s or a minute. */
const heartbeat = 15_000
/** Milliseconds after which a client that was cut off comes back. */
const comeBack = 2_000
/** Characters that may wait for a reader; one who has more than that before him does not read. */
const mostWaiting = 1_048_576

/**
 * The way from whoever has events to one reader: what he has not taken yet waits here, heartbeats fill the silence. A reader who
 * lets too much wait is cut off, for his backlog is everybody's memory; he comes back and resumes where he was.
 *
 * @example
 * const channel = new EventChannel(request.signal)
 * feed.on('reading', (reading) => channel.send({ id: reading.id, event: 'reading', data: reading }))
 * return replyEvents(channel)
 */
export class EventChannel implements AsyncIterable<string> {
  #waiting = ''
  #isOver = false
  #isSlow = false
  #wake: () => void = () => {}

  constructor(signal: AbortSignal) {
    if (signal.aborted) this.end()
    else signal.addEventListener('abort', () => this.end(), { once: true })
  }

  send({ id, event, data }: ServerEvent): void {
    if (this.#isOver) return
    if (this.#waiting.length > mostWaiting) {
      this.#isSlow = true
      this.end()
      return
    }
    this.#waiting += `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    this.#wake()
  }

  /** The last of it: what waits is still taken. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    // At once, so that the client sees its answer begin.
    yield `retry: ${comeBack}\n\n`
    for (;;) {
      if (this.#isSlow) throw new Error('The reader of an event stream did not keep up and was cut off.')
      if (this.#waiting !== '') {
        const text = this.#waiting
        this.#waiting = ''
        yield text
      } else if (this.#isOver) return
      else if (!(await this.#somethingHappens())) yield ': \n\n'
    }
  }

  /** False when nothing did for so long that a heartbeat is due. */
  #somethingHappens(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), heartbeat)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}

/** The answer of a route that declares `responses: { 200: 'text/event-stream' }`. */
export function replyEvents(events: AsyncIterable<string>): Reply {
  return reply(200, events, {
    contentType: 'text/event-stream; charset=utf-8',
    // A proxy that collects an answer before it passes it on would keep the events to itself.
    headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
  })
}
