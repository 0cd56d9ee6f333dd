import { accessToken } from './token.ts'

export interface StreamedEvent {
  readonly type: string
  readonly id: string | undefined
  readonly data: unknown
}

/**
 * Follows a stream of server-sent events until the signal; begins again where it was after a break. `EventSource` would be shorter,
 * and cannot send a token.
 */
export async function followStream(path: string, tell: (event: StreamedEvent) => void, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined
  for (let wait = 1000; !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
    try {
      const headers = { authorization: `Bearer ${await accessToken()}`, ...(lastId && { 'last-event-id': lastId }) }
      const response = await fetch(path, { headers, signal })
      // It will not get better by asking again: a page that needs to know has asked by `api` before.
      if (response.status >= 400 && response.status < 500 && response.status !== 429) return
      if (response.ok && response.body !== null) {
        wait = 500
        for await (const event of readEvents(response.body)) {
          lastId = event.id ?? lastId
          tell(event)
        }
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof TypeError)) throw error // anything but the network
    }
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const blocks = (rest + part.value).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = parseEvent(block)
      if (event !== undefined) yield event
    }
  }
}

function parseEvent(block: string): StreamedEvent | undefined {
  const fields = block.split(/\r?\n/).map((line) => /^(event|id|data): ?(.*)$/.exec(line))
  const data = fields.filter((field) => field?.[1] === 'data').map((field) => field?.[2])
  if (data.length === 0) return undefined // a sign of life
  const one = (name: string) => fields.find((field) => field?.[1] === name)?.[2]
  return { type: one('event') ?? 'message', id: one('id'), data: JSON.parse(data.join('\n')) }
}
