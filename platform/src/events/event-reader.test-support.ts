import { request } from 'node:http'
import { until } from '../webhooks/webhooks.test-support.ts'

export interface ReceivedEvent {
  readonly id: string
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: events of any type
  readonly data: any
}

export interface EventReader {
  readonly received: ReceivedEvent[]
  /** True once the server has ended the stream. */
  readonly isOver: () => boolean
  close(): void
}

/** Follows a route of server-sent events, as a client does; answers when the stream is open. */
export async function readEvents(
  port: number,
  path: string,
  { host, key, after }: { readonly host: string; readonly key: string; readonly after?: string },
): Promise<EventReader> {
  const received: ReceivedEvent[] = []
  let isOpen = false
  let isOver = false
  let status = 0
  const headers = {
    host: `${host}:${port}`,
    authorization: `Bearer ${key}`,
    ...(after === undefined ? {} : { 'last-event-id': after }),
  }
  const outgoing = request({ host: '127.0.0.1', port, path, headers }, (incoming) => {
    status = incoming.statusCode ?? 0
    let text = ''
    incoming.setEncoding('utf8')
    incoming.on('data', (chunk: string) => {
      isOpen = true
      text += chunk
      const whole = text.split('\n\n')
      text = whole.pop() ?? ''
      for (const each of whole) {
        const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(each) ?? []
        if (event !== undefined) received.push({ id: id ?? '', event, data: JSON.parse(data ?? 'null') })
      }
    })
    const end = () => {
      isOver = true
    }
    incoming.on('close', end)
    incoming.on('error', end)
  })
  outgoing.on('error', () => {
    isOver = true
  })
  outgoing.end()
  await until(() => isOpen || isOver)
  if (status !== 200) throw new Error(`The stream was refused with ${status}.`)
  return { received, isOver: () => isOver, close: () => void outgoing.destroy() }
}
