import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentProxy } from '../../platform/src/directory/silent-proxy.test-support.ts'
import { type Customer, Installation } from './installation.test-support.ts'
import { acknowledged, call, illegible, readBuildings, steadyLoad, until } from './load.test-support.ts'
import { csvOfSeconds } from './points.test-support.ts'

let installation: Installation
let customers: Customer[]

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(2)
})
afterAll(() => installation?.close())

test('a server that is told to stop under load answers whatever it took on, and ends', async () => {
  const server = await installation.startServer()
  // A connection for each request: one that is refused was never accepted.
  const load = steadyLoad(server.port, customers, { alone: true })
  await until(() => acknowledged(load).length > 50, 10_000)
  const startedAt = performance.now()
  expect(await server.end()).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  await load.stop()

  expect(illegible(load)).toEqual([])
  expect([...load.writes, ...load.reads].filter(({ status }) => status >= 400)).toEqual([])
  // Of the writes without an answer none was carried out.
  const unanswered = load.writes.filter(({ status }) => status === 0).map(({ name }) => name)
  expect(await installation.rows('select name from bms.buildings where name = any($1)', [unanswered])).toEqual([])
  const stored = await installation.rows('select id from bms.buildings')
  expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged(load).sort())
}, 60_000)

test('a stop in the middle of a large answer lets it come to its end, and waits for nothing more', async () => {
  const server = await installation.startServer()
  const [customer] = customers as [Customer]
  const building = await call(server.port, customer, 'POST', '/v1/bms/buildings', { body: '{"name":"Large"}' })
  const path = `/v1/bms/buildings/${JSON.parse(building.text).id}`
  const points = { body: csvOfSeconds('2026-01-01T00:00:00Z', 30_000), type: 'text/csv' }
  expect((await call(server.port, customer, 'POST', `${path}/points?point_type=power`, points)).status).toBe(200)

  const query = 'start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z&format=csv'
  const answer = call(server.port, customer, 'GET', `${path}/data?${query}`)
  await sleep(100)
  const stoppedAt = performance.now()
  expect(await server.end()).toBe(0)
  // Its connection would be kept open for the next request otherwise, and the stop wait for its limit.
  expect(performance.now() - stoppedAt).toBeLessThan(8_000)
  const { status, text } = await answer
  expect(status).toBe(200)
  expect(text.split('\r\n').length).toBe(30_002)
}, 60_000)

test('a stop without a database ends in time too, however many tenants were served before', async () => {
  const proxy = await silentProxy(installation.databaseUrl)
  try {
    const many = await installation.customers(8)
    const server = await installation.startServer({ databaseUrl: proxy.url, directoryUrl: installation.directoryUrl })
    for (const customer of many) expect((await readBuildings(server.port, customer)).status).toBe(200)
    proxy.fallSilent()
    const startedAt = performance.now()
    expect(await server.end()).toBe(0)
    // One time-out of each part that waits, and not one per tenant.
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  } finally {
    proxy.close()
  }
}, 60_000)
