import { type AddressInfo, createServer } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { createTenantry } from './create-tenantry.ts'
import { acceptedFindings, databaseWithSystems, startNode, systems, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await databaseWithSystems()
})
afterAll(async () => {
  await database?.drop()
})

const logger = pino({ level: 'silent' })
const addresses = () => ({ databaseUrl: database.appUrl, adminUrl: database.adminUrl, directoryUrl: database.directoryUrl })

test('an application embeds it without listening: migrate, make a tenant, read its rows through its scope', async () => {
  const tenantry = await createTenantry({ ...addresses(), systems, migrate: true, logger })
  try {
    const actor = { kind: 'system', id: '018f0000-0000-7000-8000-0000000000ee' } as const
    const tenant = await tenantry.services.tenants.provision({ slug: 'embedded', name: 'Embedded', system: 'shelf' }, { actor })
    const scope = tenantry.scope({ tenantId: tenant.id, actor })
    await scope.run(sql`insert into shelf.racks (name) values ('first')`)
    expect(await scope.run(sql<{ name: string }>`select name from shelf.racks`)).toEqual([{ name: 'first' }])
  } finally {
    await tenantry.close()
  }
})

test('on its own database the doctor is silent', async () => {
  const tenantry = await createTenantry({ ...addresses(), systems, logger, configuration: { acceptedFindings } })
  try {
    expect((await tenantry.doctor()).findings).toEqual([])
  } finally {
    await tenantry.close()
  }
})

test('it does not start as the owner or as a superuser, and says what to do', async () => {
  for (const databaseUrl of [database.adminUrl, database.superuserUrl]) {
    await expect(createTenantry({ databaseUrl, directoryUrl: database.directoryUrl, systems, logger })).rejects.toThrow(
      /DATABASE_URL[\s\S]*_app/,
    )
  }
})

test('it does not start while rows could cross between tenants, and names the table and the mend', async () => {
  const broken = await databaseWithSystems()
  const owner = new pg.Client({ connectionString: broken.adminUrl })
  await owner.connect()
  try {
    await owner.query('alter table shelf.racks no force row level security')
    const start = createTenantry({ databaseUrl: broken.appUrl, directoryUrl: broken.directoryUrl, systems, logger })
    await expect(start).rejects.toThrow(/shelf\.racks[\s\S]*force row level security/i)
  } finally {
    await owner.end()
    await broken.drop()
  }
})

test('a node tells whether it is ready, by its database, its directory, its walls and its partitions', async () => {
  const node = await startNode(database)
  try {
    expect(await node.call('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { database: 'ok', directory: 'ok', isolation: 'ok', partitions: 'ok' } },
    })
  } finally {
    await node.tenantry.close()
  }
})

test('closing lets go of every connection', async () => {
  const node = await startNode(database)
  const { key } = await tenantWithKey(node)
  await node.call('GET', '/v1/shelf/racks', { key })
  await node.tenantry.close()
  const superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  const left = async () => {
    const text = `select application_name from pg_stat_activity where datname = $1 and application_name like 'tenantry%'`
    return (await superuser.query(text, [database.name])).rows
  }
  // PostgreSQL needs a moment to notice.
  await expect.poll(left).toEqual([])
  await superuser.end()
})

test('metrics have a listener of their own, where one is configured', async () => {
  const metricsPort = await freePort()
  const node = await startNode(database, { metricsPort })
  try {
    await node.call('GET', '/v1/nothing')
    expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain('http_requests_total')
    expect((await node.call('GET', '/metrics')).status).toBe(404)
  } finally {
    await node.tenantry.close()
  }
  await expect(fetch(`http://127.0.0.1:${metricsPort}/metrics`)).rejects.toThrow()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
