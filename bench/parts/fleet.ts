import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOfProcess } from '../cpu-of-process.ts'
import { allowSensors, type Customer, makeCustomers } from '../database/customers.ts'
import { type Installation, onServer } from '../database/installation.ts'
import type { Bench, Part } from '../part.ts'
import { Poster } from '../post.ts'
import { most, type Result } from '../result.ts'
import { ServerProcess } from '../servers/server-process.ts'
import { percentile } from '../statistics.ts'

const tenants = 100
const buildingsEach = 100
const sensors = 20
const pointsPerMinute = 200
const minute = 60_000

/** As many small gateways are: each sends its building's points once a minute, on its own second, whether we keep up or not. */
export const fleet: Part = {
  name: 'fleet',
  title: `${(tenants * buildingsEach).toLocaleString('en')} buildings, each sending ${pointsPerMinute} points a minute, rollups being made`,
  run: measureFleet,
}

async function measureFleet({ installation, quick, sustained, note }: Bench): Promise<Omit<Result, 'part'>[]> {
  const seconds = sustained ? 600 : quick ? 10 : 45
  const customers = await makeCustomers(installation, tenants, buildingsEach)
  await allowSensors(installation, customers)
  await using open = new AsyncDisposableStack()
  const settings = { address: installation.appUrl, tenantRate: 1_000_000 }
  const server = open.adopt(await ServerProcess.start(new URL('../servers/shipped.ts', import.meta.url), settings), (each) =>
    each.stop(),
  )
  const poster = open.adopt(new Poster(32), (each) => each.close())
  const postmaster = await onServer(installation.superuserUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return parentOf(rows[0]?.pid ?? 0)
  })
  const size = () =>
    onServer(installation.superuserUrl, async (client) => {
      const { rows } = await client.query<{ bytes: number }>(
        `select (pg_total_relation_size('bms.points') + pg_total_relation_size('bms.point_rollups') + pg_total_relation_size('bms.point_marks'))::float8 as bytes`,
      )
      return rows[0]?.bytes ?? 0
    })
  note(`Making ${tenants * buildingsEach * sensors} sensors`)
  await makeSensors(installation, customers)
  const buildings = customers.flatMap((customer) => customer.buildings.map((building) => ({ customer, building })))

  const sizeBefore = await size()
  const cpuBefore = { server: (await server.usage()).cpuMicroseconds, postgres: cpuOfChildren(postmaster) }
  const started = performance.now()
  const lags: number[] = []
  const total = Math.round((buildings.length * seconds) / 60)
  const waiting = new Set<Promise<void>>()
  let failed: unknown
  for (let n = 0; n < total && failed === undefined; n++) {
    const due = started + (n * minute) / buildings.length
    const early = due - performance.now()
    if (early > 1) await sleep(early)
    const each = buildings[n % buildings.length] as Gateway
    const sent = poster
      .send(postOf(each, server.port, Date.now()))
      .then(() => void lags.push(performance.now() - due))
      .catch((error: unknown) => {
        failed = error
      })
      .finally(() => waiting.delete(sent))
    waiting.add(sent)
  }
  await Promise.all(waiting)
  if (failed !== undefined) throw failed
  const elapsed = (performance.now() - started) / 1_000
  const after = await server.usage()
  const stored = total * pointsPerMinute
  const share = (microseconds: number) => `${((microseconds / 1e6 / elapsed) * 100).toFixed(0)} % of a processor`
  const lag = percentile(lags, 0.99)
  const postgres = cpuOfChildren(postmaster)
  return [
    {
      name: `points a second, for ${seconds} s`,
      ours: `${(stored / elapsed).toFixed(0)}/s`,
      figure: stored / elapsed,
      // All that were due, and the last of them within a second.
      floor: { is: 'least', value: Math.floor((stored / (seconds + 1)) * 0.99) },
    },
    {
      name: 'from when a gateway sends until it is answered, p99',
      ours: `${lag.toFixed(0)} ms`,
      figure: lag,
      floor: most(1_000),
    },
    { name: '  median', ours: `${percentile(lags, 0.5).toFixed(1)} ms` },
    { name: '  the server', ours: share(after.cpuMicroseconds - cpuBefore.server) },
    ...(postgres === undefined || cpuBefore.postgres === undefined
      ? []
      : [{ name: '  PostgreSQL', ours: share(postgres - cpuBefore.postgres) }]),
    { name: "  the server's memory", ours: `${after.rssMegabytes.toFixed(0)} MB` },
    { name: '  disk per point until chunks are made', ours: `${(((await size()) - sizeBefore) / stored).toFixed(0)} B` },
  ]
}

/** Past the triggers: a fleet is there before it sends. */
async function makeSensors({ superuserUrl }: Installation, customers: readonly Customer[]): Promise<void> {
  await onServer(superuserUrl, async (client) => {
    await client.query('set session_replication_role = replica')
    await client.query(
      `insert into bms.sensors (tenant_id, id, building_id, point_type, name)
       select b.tenant_id, gen_random_uuid(), b.id, 'temperature', 's' || n from bms.buildings b, generate_series(0, $2::int - 1) n
        where b.tenant_id = any($1::uuid[])`,
      [customers.map(({ tenantId }) => tenantId), sensors],
    )
    await client.query('vacuum analyze bms.sensors')
  })
}

interface Gateway {
  readonly customer: Customer
  readonly building: string
}

/** Twenty sensors every six seconds of the minute that has just passed. */
function postOf({ customer, building }: Gateway, port: number, now: number) {
  const steps = pointsPerMinute / sensors
  const lines = Array.from({ length: pointsPerMinute }, (_, n) => {
    const time = Math.floor(now / 1_000) - Math.floor(n / sensors) * (60 / steps)
    return `temperature,building=${building},sensor=s${n % sensors} value=${20 + ((n * 37) % 100) / 100} ${time}`
  })
  return {
    url: `http://127.0.0.1:${port}/api/v2/write?precision=s`,
    body: lines.join('\n'),
    headers: { authorization: `Token ${customer.credential}`, 'content-type': 'text/plain' },
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

/** Processor time in microseconds of a process and its children: of PostgreSQL, whose connections stay. Linux only. */
function cpuOfChildren(parent: number | undefined): number | undefined {
  if (parent === undefined || cpuOfProcess(parent) === undefined) return undefined
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.filter((pid) => pid === parent || parentOf(pid) === parent).reduce((sum, pid) => sum + (cpuOfProcess(pid) ?? 0), 0)
}
