import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Customer, Installation, type Server } from './installation.test-support.ts'
import { call, createBuilding, isOwnProblem, readBuildings, until } from './load.test-support.ts'
import { csvOfSeconds } from './points.test-support.ts'
import { head, type RawConnection, rawConnection } from './raw-connection.test-support.ts'

let installation: Installation
let server: Server
let customers: Customer[]
const open: RawConnection[] = []

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(4)
  server = await installation.startServer({
    configuration: { headersTimeout: 1_000, requestTimeout: 5_000, stallTimeout: 2_000, slowConnections: 2 },
  })
})
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.destroy()
})
afterAll(() => installation?.close())

const customer = (n: number) => customers[n] as Customer
const neighbour = () => readBuildings(server.port, customer(3))

function dial(options?: { deaf: boolean }): RawConnection {
  const connection = rawConnection(server.port, options)
  open.push(connection)
  return connection
}

async function endsWithin(most: number, connections: readonly RawConnection[]): Promise<void> {
  let over = 0
  for (const connection of connections) void connection.over.then(() => over++)
  await until(() => over === connections.length, most)
}

test('headers and bodies that drip are ended in time, with a word of ours or none, and nobody else waits for them', async () => {
  const body = { 'content-type': 'application/json', 'content-length': '1000' }
  const slow = [
    ...Array.from({ length: 50 }, () => ({ connection: dial(), start: 'GET /v1/bms/buildings HTTP/1.1\r\nhost: 127' })),
    ...Array.from({ length: 50 }, () => ({
      connection: dial(),
      start: `${head('POST', '/v1/bms/buildings', customer(0).key, body)}{"name"`,
    })),
  ]
  for (const { connection, start } of slow) connection.socket.write(start)
  const drip = setInterval(() => {
    for (const { connection } of slow) if (connection.socket.writable) connection.socket.write('0')
  }, 200)
  try {
    const meanwhile = await Promise.all(Array.from({ length: 20 }, neighbour))
    for (const { status, took } of meanwhile) {
      expect(status).toBe(200)
      expect(took).toBeLessThan(10_000)
    }
    await endsWithin(
      20_000,
      slow.map(({ connection }) => connection),
    )
  } finally {
    clearInterval(drip)
  }
  for (const { connection } of slow) {
    const [status = '', text = ''] = [connection.received().slice(9, 12), connection.received().split('\r\n\r\n')[1]]
    if (status === '') continue
    expect(status).toBe('408')
    expect(isOwnProblem(text), text).toBe(true)
  }
  expect((await neighbour()).status).toBe(200)
}, 60_000)

test('a client that closes its half after asking leaves nothing behind: its connection ends at once', async () => {
  const connections = Array.from({ length: 20 }, () => dial())
  for (const { socket } of connections) socket.end(head('GET', '/v1/bms/buildings?limit=5', customer(0).key))
  await endsWithin(5_000, connections)
  for (const connection of connections) expect(connection.received()).toMatch(/^(HTTP\/1\.1 200 |$)/)
  expect((await neighbour()).status).toBe(200)
}, 60_000)

test('clients that go away in the middle of their body leave nothing stored and nothing taken', async () => {
  const body = { 'content-type': 'application/json', 'content-length': '1000' }
  const gone = Array.from({ length: 50 }, () => dial())
  for (const { socket } of gone) socket.write(`${head('POST', '/v1/bms/buildings', customer(1).key, body)}{"name":"half"`)
  await sleep(200)
  for (const { socket } of gone) socket.resetAndDestroy()
  expect((await createBuilding(server.port, customer(1), 'Whole')).status).toBe(201)
  const stored = await installation.rows('select name from bms.buildings where tenant_id = $1', [customer(1).tenantId])
  expect(stored).toEqual([{ name: 'Whole' }])
}, 60_000)

test("readers that never read a large answer are cut off; their connections to the database come back, and others' exports go on", async () => {
  const exports: { n: number; path: string }[] = []
  for (const n of [0, 1, 2]) exports.push({ n, path: await largeExport(n) })
  const deaf = exports.slice(0, 2).map(({ n, path }) => {
    const connection = dial({ deaf: true })
    connection.socket.write(head('GET', path, customer(n).key, { accept: 'text/csv' }))
    return connection
  })
  // Both connections of the slow lane are taken now.
  await until(async () => (await streamsOpen()) === 2, 10_000)
  const waiting = await call(server.port, customer(2), 'GET', exports[2]?.path ?? '')
  expect(waiting.status).toBe(200)
  expect(waiting.took).toBeLessThan(15_000)
  await until(async () => (await streamsOpen()) === 0, 15_000)
  expect((await neighbour()).status).toBe(200)
  // What was sent before stays in the socket's buffers; reading it now shows how far it came.
  for (const { socket } of deaf) socket.resume()
  await endsWithin(5_000, deaf)
}, 60_000)

async function streamsOpen(): Promise<number> {
  return (await installation.rows(`select from pg_stat_activity where usename = 'faults_app' and state = 'idle in transaction'`))
    .length
}

/** A building whose points are more than the buffers of a connection hold; answers the path of its data. */
async function largeExport(n: number): Promise<string> {
  const { port } = server
  const { id } = JSON.parse((await createBuilding(port, customer(n), 'Large')).text)
  const path = `/v1/bms/buildings/${id}`
  for (const day of [1, 2]) {
    const body = csvOfSeconds(`2026-01-0${day}T00:00:00Z`, 60_000)
    const stored = await call(port, customer(n), 'POST', `${path}/points?point_type=power`, { body, type: 'text/csv' })
    expect(stored.status, stored.text).toBe(200)
  }
  return `${path}/data?start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z&format=csv`
}
