import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
let mine: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer('base')
})
afterAll(() => installation?.close())

const done = async () =>
  (await mine.get('/v1/tenants/current/onboarding')).body.items
    .filter((item: { done: boolean }) => item.done)
    .map(({ name }: { name: string }) => name)
const numbers = async () => (await mine.get('/v1/tenants/current/stats')).body.system

test('[SEC-17] the checklist of a new tenant has its first building and points, [IIOT-8] and its numbers count them', async () => {
  expect(await done()).toEqual(['first_key'])
  expect(await numbers()).toEqual({ buildings: 0, sensors: 0, points: 0 })
  const { body: building } = await mine.post('/v1/bms/buildings', { name: 'Harbour House' })
  expect(await done()).toEqual(['first_key', 'first_building'])
  const at = (time: string, value: number) => ({ time, pointType: 'temperature', unit: 'degC', value })
  const points = [at('2026-01-01T00:15:00Z', 20.5), at('2026-01-01T00:30:00Z', 21.5)]
  expect((await mine.post(`/v1/bms/buildings/${building.id}/points`, { points })).status).toBe(200)
  expect(await done()).toEqual(['first_key', 'first_building', 'first_points'])
  // They are kept for ten seconds.
  await expect.poll(numbers, { timeout: 30_000 }).toEqual({ buildings: 1, sensors: 1, points: 2 })
})

test('[SEC-17] anybody can ask for a tenant of it: in the first tier, and in no other', async () => {
  const ask = (tier: string, slug: string) =>
    mine.post('/v1/sign-ups', { email: 'ada@nobody.invalid', system: 'bms', tier, slug, tenantName: 'Northwind' })
  expect(await ask('base', 'nordwind-one')).toMatchObject({ status: 202, body: { sent: true } })
  expect((await ask('enterprise', 'nordwind-two')).status).toBe(400)
})
