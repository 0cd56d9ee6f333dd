import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { masterKey } from '../identity/identity.test-support.ts'
import { mergeReports } from '../isolation/attack/report.ts'
import { sql } from '../isolation/statement.ts'
import { enqueue } from '../jobs/enqueue.ts'
import type { JobDefinition } from '../jobs/job.ts'
import {
  databaseWithSystems,
  operatorKey,
  startNode,
  systems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let attempts = 0
const doomed: JobDefinition = {
  name: 'shelf.doomed',
  retries: 0,
  timeout: 20,
  handle: async () => {
    attempts += 1
    throw new Error('It cannot be done.')
  },
}

let database: TestDatabase
let node: TestNode
let north: TestTenant
let key: string

beforeAll(async () => {
  database = await databaseWithSystems()
  const [first, ...rest] = systems
  if (first === undefined) throw new Error('There is no system.')
  node = await startNode(database, { masterKeys: [masterKey] }, [{ ...first, jobs: [doomed] }, ...rest])
  north = await tenantWithKey(node)
  key = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const ask = (method: string, path: string, body?: unknown) =>
  node.call(method, `/v1/operations/${path}`, { host: 'dashboard.localhost', key, body })

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

async function soon<T>(look: () => Promise<T>, enough: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look()
    if (enough(found)) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('It did not come about.')
}

test('a job that failed to the end is shown with its tenant and object, and has its attempts anew when an operator says so', async () => {
  const ref = randomUUID()
  await node.tenantry
    .scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
    .run(enqueue(doomed, { ref }))
  const jobs = async () => (await ask('GET', 'jobs')).body
  const { dead, queues } = await soon(jobs, (found) => found.dead.length === 1)
  expect(dead).toEqual([
    {
      id: expect.any(String),
      tenantId: north.tenant.id,
      slug: north.tenant.slug,
      name: 'shelf.doomed',
      ref,
      code: 'internal',
      at: expect.any(String),
    },
  ])
  expect(queues.map(({ name }: { name: string }) => name)).toContain('shelf.doomed')
  expect(attempts).toBe(1)
  expect((await ask('POST', 'jobs/revive', { ids: [dead[0].id, randomUUID()] })).body).toEqual({ revived: 1 })
  await soon(jobs, ({ dead: again }) => again.length === 1 && again[0].id !== dead[0].id)
  expect(attempts).toBe(2)
})

test('what is due in the background is counted by kind', async () => {
  const { status, body } = await ask('GET', 'outbox')
  expect(status).toBe(200)
  expect(body).toMatchObject({ waitingTenants: expect.any(Number), oldestSeconds: expect.any(Number) })
  expect(body.recurring).toContainEqual(expect.objectContaining({ kind: 'health.assess', objects: 1 }))
})

test('a tenant whose events nobody was told is named', async () => {
  const { pool } = node.tenantry.directory
  await node.tenantry
    .scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
    .run(sql`select tenantry.schedule('outbox', ${north.tenant.id}::uuid, tenantry.clock() + interval '1 hour')`, {
      lane: 'write',
    })
  await pool.query(
    `update tenantry.work set due_at = tenantry.clock() + interval '1 hour', claimed_until = null where kind = 'outbox'`,
  )
  const { body } = await ask('GET', 'outbox')
  expect(body).toMatchObject({
    waitingTenants: 1,
    oldestSeconds: 0,
    late: [{ tenantId: north.tenant.id, slug: north.tenant.slug }],
  })
})

test('migrations are listed with when they were applied and how long they took', async () => {
  const { items } = (await ask('GET', 'migrations')).body
  expect(items).toContainEqual(
    expect.objectContaining({
      source: 'platform',
      name: '0001_installation.sql',
      milliseconds: expect.any(Number),
      contracts: false,
    }),
  )
  expect(items.some(({ source }: { source: string }) => source === 'shelf')).toBe(true)
})

test('the database is examined anew when an operator asks: who breaks a wall meanwhile is named', async () => {
  const before = (await ask('GET', 'isolation')).body.examination
  const sound = (await ask('POST', 'isolation/examinations')).body
  expect(sound.report.findings).toEqual([])
  expect(sound.at > before.at).toBe(true)
  await asOwner('alter table shelf.racks no force row level security')
  const { report } = (await ask('POST', 'isolation/examinations')).body
  expect(report).toMatchObject({ verdict: 'leak' })
  expect(report.findings[0]).toMatchObject({ object: 'shelf.racks', mend: expect.stringContaining('force row level security') })
  await asOwner('alter table shelf.racks force row level security')
  expect((await ask('POST', 'isolation/examinations')).body.report.verdict).toBe(before.report.verdict)
})

const counts = { ok: 3, untested: 0, failed: 0 }
const attackReport = mergeReports([
  {
    verdict: 'held',
    routes: ['readRack'],
    attackers: ['owner', 'nobody'],
    relations: ['own', 'foreign'],
    notApplicable: [{ what: 'child', why: 'tenants have no children yet' }],
    cells: counts,
    probes: { 'spoofed header': counts },
    places: ['log'],
    matrix: { readRack: { own: counts, foreign: counts } },
    findings: [],
    requests: 12,
    milliseconds: 34.5,
  },
])

test('of attacks the last twenty are kept, each with what was tried', async () => {
  const { isolationReports } = node.tenantry.services
  for (let count = 0; count < 22; count += 1) await isolationReports.keepAttack(attackReport, count < 21)
  const { attacks } = (await ask('GET', 'isolation')).body
  expect(attacks).toHaveLength(20)
  expect(attacks[0]).toMatchObject({ verdict: 'held', whole: false })
  expect((await ask('GET', `isolation/attacks/${attacks[0].id}`)).body.report).toEqual(attackReport)
  expect((await ask('GET', `isolation/attacks/${randomUUID()}`)).status).toBe(404)
})

test('an attack on some routes is kept as such', async () => {
  await node.tenantry.attack({ only: ['readOverview', 'listJobs', 'readOutbox', 'listMigrations', 'readIsolation'] })
  const { attacks } = (await ask('GET', 'isolation')).body
  const { report } = (await ask('GET', `isolation/attacks/${attacks[0].id}`)).body
  expect(report.findings).toEqual([])
  expect(attacks[0]).toMatchObject({ verdict: 'held', whole: false })
  expect(report.routes).toContain('readOverview')
})
