import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'
import { follow } from './live.test-support.ts'

let installation: Installation
let mine: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())

test('a reader who takes nothing is cut off, and one beside him hears everything', async () => {
  const building = (await mine.post('/v1/bms/buildings', { name: 'Followed' })).body.id
  const [slow, quick] = await Promise.all([1, 2].map(() => follow(installation.baseUrl, mine, building)))
  if (!slow || !quick) throw new Error('Two readers were asked for.')
  slow.pause()
  // More than what the connection itself holds on both sides, which is some megabytes.
  const lots = 250
  for (let n = 0; n < lots; n++) {
    const points = Array.from({ length: 1_000 }, (_, index) => ({
      pointType: 'power',
      value: index + Math.random(),
      time: new Date(Date.now() - index * 1_000).toISOString(),
    }))
    await mine.post(`/v1/bms/buildings/${building}/points`, { points })
  }
  await expect.poll(() => quick.values().length, { timeout: 5_000, interval: 200 }).toBe(lots * 1_000)
  slow.resume()
  await expect.poll(() => slow.isOver()).toBe(true)
  expect(slow.values().length).toBeLessThan(lots * 1_000)
  expect(quick.isOver()).toBe(false)
})

test('a stop ends streams at once', async () => {
  const own = await install()
  const client = await own.customer()
  const building = (await client.post('/v1/bms/buildings', { name: 'Stopped' })).body.id
  const reader = await follow(own.baseUrl, client, building)
  await expect.poll(() => reader.text()).not.toBe('')
  const started = performance.now()
  await own.close()
  expect(performance.now() - started).toBeLessThan(5_000)
  expect(reader.isOver()).toBe(true)
})
