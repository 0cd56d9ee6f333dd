import { connect, createServer } from 'node:net'
import pg from 'pg'
import { loggedRead } from '../../platform/src/audit/access-log.ts'
import { withDatabase } from '../../platform/src/database/connection-url.ts'
import { createIsolation } from '../../platform/src/isolation/isolation.ts'
import { sql } from '../../platform/src/isolation/statement.ts'
import type { TenantScope } from '../../platform/src/isolation/tenant-scope.ts'
import { makeCustomers } from '../database/customers.ts'
import type { Bench, Part } from '../part.ts'
import { most, type Result } from '../result.ts'

const actor = { kind: 'key', id: '018f0000-0000-7000-8000-00000000000c' } as const
const times = 200

/** How often something leaves for PostgreSQL, counted between the two by a relay that both believe to be the other. */
export const writes: Part = {
  name: 'writes',
  title: 'Network writes to PostgreSQL for each scoped statement, counted on the wire',
  run: countWrites,
}

async function countWrites({ installation }: Bench): Promise<Omit<Result, 'part'>[]> {
  const [customer] = await makeCustomers(installation, 1, 3)
  if (customer === undefined) throw new Error('There is no customer.')
  await using open = new AsyncDisposableStack()
  const relay = open.adopt(await startRelay(installation.appUrl), (each) => each.close())
  const isolation = open.adopt(
    createIsolation({ url: relay.url, lanes: { read: { clients: 1 }, write: { clients: 1 } } }),
    (each) => each.close(),
  )
  const client = open.adopt(new pg.Client({ connectionString: relay.url }), (each) => each.end())
  await client.connect()

  const { tenantId } = customer
  const [id] = customer.buildings
  const read = sql`select id, name from bms.buildings where id = ${id}::uuid`
  const change = sql`update bench.rows set version = version + 1 where id = ${id}::uuid`
  const each = (name: string, work: (scope: TenantScope) => Promise<unknown>) => ({
    name,
    reads: 1,
    work: () => work(isolation.scope({ tenantId, actor })),
  })
  const logged = () => isolation.scope({ tenantId, actor, logged: loggedRead('bench.read', id) }).run(read)
  const kinds = [
    each('a read', (inside) => inside.run(read)),
    each('a change', (inside) => inside.run(change)),
    each('a batch of three reads', (inside) => inside.batch([read, read, read])),
    each('a batch of a read and a change', (inside) => inside.batch([read, change])),
    // By itself it is two, since its entry goes beside it with those of all others.
    { name: 'a read that is logged, of eight at once', reads: 8, work: () => Promise.all(Array.from({ length: 8 }, logged)) },
  ]
  const usual = await relay.count(times, async () => {
    await client.query('BEGIN')
    await client.query("select set_config('tenantry.tenant', $1, true), set_config('tenantry.reach', 'all', true)", [tenantId])
    await client.query(read.text, [...read.values])
    await client.query('COMMIT')
  })
  const lines: Omit<Result, 'part'>[] = []
  for (const { name, reads, work } of kinds) {
    // Connecting and the first use of a text are not what is counted.
    for (let warm = 0; warm < 3; warm++) await work()
    const figure = (await relay.count(times, work)) / reads
    lines.push({ name, ours: figure.toFixed(2), peer: usual.toFixed(2), figure, floor: most(1) })
  }
  return lines
}

/** Hands everything on and counts what comes from the client. One statement at a time, each arrival is one write. */
async function startRelay(url: string) {
  const target = new URL(url)
  const host = decodeURIComponent(target.hostname)
  const port = Number(target.port || 5432)
  let arrivals = 0
  const server = createServer({ noDelay: true }, (near) => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect({ host, port, noDelay: true })
    near.on('data', (chunk) => {
      arrivals++
      far.write(chunk)
    })
    far.on('data', (chunk) => near.write(chunk))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => other.destroy())
      one.on('error', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The relay does not listen.')
  const through = new URL(withDatabase(url, target.pathname.slice(1)))
  through.hostname = '127.0.0.1'
  through.port = String(address.port)
  return {
    url: through.href,
    async count(rounds: number, work: () => Promise<unknown>): Promise<number> {
      const before = arrivals
      for (let round = 0; round < rounds; round++) await work()
      return (arrivals - before) / rounds
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
