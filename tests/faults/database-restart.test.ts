import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Customer, Installation, type Server } from './installation.test-support.ts'
import { acknowledged, illegible, type Load, readBuildings, steadyLoad, until } from './load.test-support.ts'

let installation: Installation
let server: Server
let customers: Customer[]

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(2)
  server = await installation.startServer()
})
afterAll(() => installation?.close())

async function lost(load: Load): Promise<unknown[]> {
  return installation.rows(
    'select a.id from unnest($1::uuid[]) a(id) where not exists (select from bms.buildings b where b.id = a.id)',
    [acknowledged(load)],
  )
}

const served = async () =>
  (await Promise.all(customers.map((customer) => readBuildings(server.port, customer)))).every(({ status }) => status === 200)

test.each([
  ['a fast restart', 'SIGINT'],
  ['an immediate stop', 'SIGQUIT'],
  ['a kill of its postmaster', 'SIGKILL'],
] as const)(
  'PostgreSQL comes back from %s under load: served within 5 s, no acknowledged write lost, no word of its own told',
  async (_, signal) => {
    const load = steadyLoad(server.port, customers)
    await until(() => acknowledged(load).length > 50, 10_000)
    await installation.endDatabase(signal)
    await sleep(500)
    const before = acknowledged(load).length
    await installation.startDatabase()
    // Five seconds are promised; the rest is for a machine that does other things as well.
    expect(await until(served, 30_000)).toBeLessThan(10_000)
    await until(() => acknowledged(load).length > before + 20, 10_000)
    await load.stop()

    expect(server.isRunning()).toBe(true)
    expect(illegible(load)).toEqual([])
    expect([...load.writes, ...load.reads].filter(({ status }) => status === 0)).toEqual([])
    expect(await lost(load)).toEqual([])
  },
  60_000,
)

test('every connection terminated again and again under load: served in between, nothing acknowledged lost', async () => {
  const load = steadyLoad(server.port, customers)
  await until(() => acknowledged(load).length > 20, 10_000)
  const rounds: number[] = []
  for (let round = 0; round < 10; round++) {
    const before = acknowledged(load).length
    await installation.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename in ('faults_app', 'faults_directory', 'faults_identity')`,
    )
    await sleep(400)
    rounds.push(acknowledged(load).length - before)
  }
  expect(await until(served, 30_000)).toBeLessThan(10_000)
  await load.stop()

  expect(server.isRunning()).toBe(true)
  expect(rounds.filter((stored) => stored > 0).length).toBeGreaterThan(5)
  expect(illegible(load)).toEqual([])
  expect([...load.writes, ...load.reads].filter(({ status }) => status === 0)).toEqual([])
  expect(await lost(load)).toEqual([])
}, 60_000)
