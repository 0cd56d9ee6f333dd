import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { EventChannel } from './event-stream.ts'

let controller: AbortController
let channel: EventChannel

beforeEach(() => {
  vi.useFakeTimers()
  controller = new AbortController()
  channel = new EventChannel(controller.signal)
})
afterEach(() => {
  vi.useRealTimers()
})

const event = (id: number) => ({ id: String(id), event: 'reading', data: { id, text: 'a\nb' } })
const written = (id: number) => `id: ${id}\nevent: reading\ndata: {"id":${id},"text":"a\\nb"}\n\n`

test('events leave in order, each on its lines, after a word on when to come back', async () => {
  channel.send(event(1))
  channel.send(event(2))
  channel.end()
  channel.send(event(3))
  expect(await Array.fromAsync(channel)).toEqual(['retry: 2000\n\n', written(1) + written(2)])
})

test('in silence there is a heartbeat every 15 seconds, and an event does not wait for it', async () => {
  const reader = channel[Symbol.asyncIterator]()
  await reader.next()
  const beat = reader.next()
  await vi.advanceTimersByTimeAsync(15_000)
  expect(await beat).toEqual({ done: false, value: ': \n\n' })
  const next = reader.next()
  channel.send(event(1))
  expect(await next).toEqual({ done: false, value: written(1) })
})

test('its signal ends it, also before it began', async () => {
  const reader = channel[Symbol.asyncIterator]()
  await reader.next()
  const last = reader.next()
  controller.abort()
  expect(await last).toEqual({ done: true, value: undefined })
  expect(await Array.fromAsync(new EventChannel(controller.signal))).toEqual(['retry: 2000\n\n'])
})

test('a reader before whom more than a mebibyte waits is cut off, and nothing more is kept for him', async () => {
  const reader = channel[Symbol.asyncIterator]()
  await reader.next()
  const large = { ...event(1), data: 'x'.repeat(700_000) }
  for (let n = 0; n < 2; n++) channel.send(large)
  expect(((await reader.next()).value as string).length).toBeGreaterThan(1_400_000)
  for (let n = 0; n < 3; n++) channel.send(large)
  await expect(reader.next()).rejects.toThrow('did not keep up')
})
