import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SilentProxy, silentProxy } from '../../platform/src/directory/silent-proxy.test-support.ts'
import { type Customer, Installation, type Server } from './installation.test-support.ts'
import { acknowledged, createBuilding, illegible, isOwnProblem, readBuildings, steadyLoad, until } from './load.test-support.ts'

let installation: Installation
let server: Server
let customers: Customer[]
/** On the server's way to PostgreSQL: tenants' rows, and the directory. */
let rowsWay: SilentProxy
let directoryWay: SilentProxy

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(4)
  rowsWay = await silentProxy(installation.databaseUrl)
  directoryWay = await silentProxy(installation.directoryUrl)
  server = await installation.startServer({ databaseUrl: rowsWay.url, directoryUrl: directoryWay.url })
})
afterAll(async () => {
  await installation?.close()
  rowsWay?.close()
  directoryWay?.close()
})

const customer = (n: number) => customers[n] as Customer
const read = (n: number) => readBuildings(server.port, customer(n))
const statusOf = (n: number) => async (status: number) => (await read(n)).status === status
const revoke = (n: number) =>
  installation.asSuperuser(async (client) => {
    await client.query(`select set_config('tenantry.tenant', $1, false)`, [customer(n).tenantId])
    await client.query('update tenantry.api_keys set revoked_at = now() where id = $1', [customer(n).keyId])
  })

test('open connections that go silent are given up: served on new ones, nothing acknowledged lost', async () => {
  const load = steadyLoad(server.port, customers.slice(0, 2))
  await until(() => acknowledged(load).length > 20, 10_000)
  rowsWay.forgetOpen()
  const before = acknowledged(load).length
  await until(() => acknowledged(load).length > before + 50, 20_000)
  await load.stop()

  const answers = [...load.writes, ...load.reads]
  expect(illegible(load)).toEqual([])
  expect(answers.filter(({ status }) => status === 0)).toEqual([])
  expect(Math.max(...answers.map(({ took }) => took))).toBeLessThan(20_000)
  const stored = await installation.rows('select id from bms.buildings where id = any($1)', [acknowledged(load)])
  expect(stored.length).toBe(acknowledged(load).length)
}, 60_000)

test('with no way to the rows each request ends in a problem in bounded time, and is served again afterwards', async () => {
  rowsWay.fallSilent()
  const answers = await Promise.all([read(0), read(1), createBuilding(server.port, customer(0), 'Nowhere')])
  for (const { status, text, took } of answers) {
    expect([500, 503, 504]).toContain(status)
    expect(isOwnProblem(text), text).toBe(true)
    expect(took).toBeLessThan(20_000)
  }
  rowsWay.speakAgain()
  expect(await until(() => statusOf(0)(200), 30_000)).toBeLessThan(10_000)
}, 60_000)

test('[SEC-6] with no way to the directory a revoked key is not let in, nor is any other; afterwards only the revoked one is out', async () => {
  expect((await read(2)).status).toBe(200)
  directoryWay.fallSilent()
  await revoke(2)
  await sleep(1_000)
  const [revoked, live] = await Promise.all([read(2), read(3)])
  for (const { status, text, took } of [revoked, live]) {
    expect(status).toBe(503)
    expect(isOwnProblem(text), text).toBe(true)
    expect(took).toBeLessThan(10_000)
  }
  directoryWay.speakAgain()
  await until(() => statusOf(3)(200), 5_000)
  expect((await read(2)).status).toBe(401)
}, 60_000)

test("[SEC-6] a directory that is older than a second is asked anew: a revoked key is out while the feed's connections stand still", async () => {
  await until(async () => (await feedProcesses()).length === 2 && (await read(1)).status === 200, 5_000)
  const feed = keepPaused()
  try {
    await until(() => feed.paused.size > 0, 5_000)
    await revoke(1)
    await sleep(1_000)
    for (let n = 0; n < 10; n++) {
      expect([401, 503]).toContain((await read(1)).status)
      await sleep(50)
    }
    expect((await read(3)).status).toBe(200)
  } finally {
    await feed.goOn()
  }
  await until(() => statusOf(1)(401), 5_000)
  expect((await read(3)).status).toBe(200)
}, 60_000)

async function feedProcesses(): Promise<number[]> {
  const rows = await installation.rows(
    `select pid from pg_stat_activity where application_name in ('tenantry-changes', 'tenantry-listen')`,
  )
  return rows.map(({ pid }) => pid)
}

/** Also the connections that the feed makes when it gives the first ones up. */
function keepPaused() {
  const paused = new Set<number>()
  let going = true
  const pausing = (async () => {
    while (going) {
      for (const pid of await feedProcesses()) {
        if (!paused.has(pid)) signal(pid, 'SIGSTOP')
        paused.add(pid)
      }
    }
  })()
  return {
    paused,
    goOn: async () => {
      going = false
      await pausing
      for (const pid of paused) signal(pid, 'SIGCONT')
    },
  }
}

/** A connection may have ended since it was listed. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
