import type { Directory } from '../directory/directory.ts'
import { EventChannel } from '../http/event-stream.ts'
import { problems } from '../problems/catalogue.ts'
import { GatheredHints } from './change-kinds.ts'

/** Tells operators' open pages what to ask for again: kinds and ids, and nothing of what is in a tenant. */
export interface ChangeHintService {
  /**
   * The text of server-sent events, for as long as the reader stays: `changed` with a `Hint`, and `reset`, first of all and whenever
   * something may have been missed: what was read before may be old.
   *
   * @throws quota_exceeded: too many streams
   */
  follow(signal: AbortSignal): AsyncIterable<string>
}

declare module '../http/route.ts' {
  interface Services {
    readonly changeHints: ChangeHintService
  }
}

/** Milliseconds in which changes of one kind are one hint: a bulk operation is hundreds of them. */
const gathering = 250
/** Of one node: each is a connection. */
const mostStreams = 200

/** The directory hears of every change within half a second, and mostly at once; nothing more is asked of the database for it. */
export function createChangeHints({ directory }: { readonly directory: Pick<Directory, 'follow'> }): ChangeHintService {
  const readers = new Set<EventChannel>()
  const gathered = new GatheredHints()
  let isWaiting = false

  const tell = () => {
    isWaiting = false
    for (const hint of gathered.take()) for (const reader of readers) reader.send({ id: '', event: 'changed', data: hint })
  }
  directory.follow({
    changes: (changes) => {
      if (readers.size === 0) return
      gathered.add(changes)
      if (gathered.isEmpty || isWaiting) return
      isWaiting = true
      setTimeout(tell, gathering).unref()
    },
    reset: () => {
      for (const reader of readers) reader.send(reset)
    },
  })

  async function* follow(signal: AbortSignal): AsyncGenerator<string> {
    const channel = new EventChannel(signal)
    readers.add(channel)
    channel.send(reset)
    try {
      yield* channel
    } finally {
      readers.delete(channel)
    }
  }

  return {
    follow(signal) {
      if (readers.size >= mostStreams) {
        const numbers = { limit: 'operator_streams', max: mostStreams, used: readers.size }
        throw problems.quota_exceeded(`Up to ${mostStreams} live streams of operators at a time are open on a server.`, numbers)
      }
      return follow(signal)
    },
  }
}

const reset = { id: '', event: 'reset', data: {} }
