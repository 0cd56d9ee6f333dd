import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'

let database: TestDatabase
const clients: Record<'owner' | 'app' | 'directory', pg.Client> = {} as never

beforeAll(async () => {
  database = await testDatabase()
  const addresses = { owner: database.adminUrl, app: database.appUrl, directory: database.directoryUrl }
  for (const [role, connectionString] of Object.entries(addresses)) {
    const client = new pg.Client({ connectionString })
    await client.connect()
    clients[role as keyof typeof clients] = client
  }
})

afterAll(async () => {
  for (const client of Object.values(clients)) await client.end()
  await database.drop()
})

type Row = Record<string, unknown>

async function run(role: keyof typeof clients, text: string, values: unknown[] = []): Promise<Row[]> {
  return (await clients[role].query<Row>(text, values)).rows
}

/** As the app, or the owner, in a tenant's context. */
async function within(tenantId: string, text: string, values: unknown[] = [], role: 'app' | 'owner' = 'app'): Promise<Row[]> {
  await clients[role].query('begin')
  try {
    await clients[role].query(
      `select set_config('tenantry.tenant', $1, true), set_config('tenantry.reach', 'all', true), set_config('tenantry.actor_kind', 'operator', true)`,
      [tenantId],
    )
    const { rows } = await clients[role].query<Row>(text, values)
    await clients[role].query('commit')
    return rows
  } catch (error) {
    await clients[role].query('rollback')
    throw error
  }
}

const insert = `insert into tenantry.tenants (slug, name, system, tier, status, status_reason) values ($1, 'Acme', 'bms', 'base', 'active', 'signed')`

async function newTenant(slug = `t-${randomUUID().slice(0, 13)}`): Promise<string> {
  const id = randomUUID()
  await within(id, insert, [slug])
  return id
}

describe('a tenant', () => {
  test('has the id of the context that makes it, and no other', async () => {
    const id = await newTenant()
    expect(await within(id, 'select id, tenant_id from tenantry.tenants')).toEqual([{ id, tenant_id: id }])
    await expect(
      within(
        randomUUID(),
        `insert into tenantry.tenants (id, slug, name, system, tier) values ($1, 'other-id', 'x', 'bms', 'base')`,
        [randomUUID()],
      ),
    ).rejects.toThrow('tenants_id_is_tenant_id')
  })

  test.each(['ab', 'Acme', '-acme', 'acme-', 'ac--me', 'ac_me', 'a'.repeat(41), 'ac me', 'ácme'])(
    'never has the slug %j',
    async (slug) => {
      await expect(within(randomUUID(), insert, [slug])).rejects.toThrow('tenants_slug_check')
    },
  )

  test('is suspended in one of two ways, and has neither when it is not suspended', async () => {
    const id = await newTenant()
    await expect(within(id, `update tenantry.tenants set status = 'suspended'`)).rejects.toThrow('violates check')
    await expect(within(id, `update tenantry.tenants set suspension = 'blocked'`)).rejects.toThrow('violates check')
  })

  test('has its history written by the database: state, reason, actor', async () => {
    const id = await newTenant()
    await within(id, `update tenantry.tenants set status = 'suspended', suspension = 'blocked', status_reason = 'unpaid'`)
    await within(id, `update tenantry.tenants set name = 'Acme Ltd'`)
    expect(
      await within(id, 'select status, suspension, reason, actor_kind from tenantry.tenant_status_history order by at'),
    ).toEqual([
      { status: 'active', suspension: null, reason: 'signed', actor_kind: 'operator' },
      { status: 'suspended', suspension: 'blocked', reason: 'unpaid', actor_kind: 'operator' },
    ])
  })

  test('begins with a counter for everything that is counted', async () => {
    await run(
      'owner',
      `create table tenantry.things (id uuid primary key); select tenantry.enroll('tenantry.things', counts => 'things')`,
    )
    const id = await newTenant()
    expect(await within(id, 'select name, used from tenantry.counters order by name')).toEqual([
      { name: 'things', used: '0' },
      { name: 'users', used: '0' },
    ])
  })
})

describe('a released slug', () => {
  test('is refused to others and given back to the tenant that had it', async () => {
    const first = await newTenant('first-name')
    await within(first, `update tenantry.tenants set slug = 'second-name'`)
    await expect(within(randomUUID(), insert, ['first-name'])).rejects.toMatchObject({ code: 'TN003' })
    await within(first, `update tenantry.tenants set slug = 'first-name'`)
  })

  test('stays out of reach after its tenant was erased, until the quarantine is over', async () => {
    const gone = await newTenant('gone-name')
    await within(gone, 'delete from tenantry.tenants')
    await expect(within(randomUUID(), insert, ['gone-name'])).rejects.toMatchObject({ code: 'TN003' })
    await run('owner', `update tenantry.clock_offset set "offset" = '91 days'`)
    await within(randomUUID(), insert, ['gone-name'])
    await run('owner', `update tenantry.clock_offset set "offset" = '0'`)
  })
})

describe('the app role', () => {
  test.each(['operators', 'operator_keys', 'changes', 'work', 'slug_quarantine', 'tombstones'])(
    'may not read %s',
    async (table) => {
      await expect(run('app', `select from tenantry.${table}`)).rejects.toMatchObject({ code: '42501' })
    },
  )

  test.each(['audit_entries', 'access_log', 'events', 'counters', 'search_tokens', 'tenant_status_history'])(
    'may read its own %s and write none',
    async (table) => {
      const id = await newTenant()
      await within(id, `select from tenantry.${table}`)
      for (const statement of [`insert into tenantry.${table} default values`, `delete from tenantry.${table}`]) {
        await expect(within(id, statement)).rejects.toMatchObject({ code: '42501' })
      }
    },
  )

  test.each(['installation', 'enrolment', 'migrations', 'clock_offset'])('may read %s and not change it', async (table) => {
    await run('app', `select from tenantry.${table}`)
    await expect(run('app', `delete from tenantry.${table}`)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the directory role', () => {
  test('finds tenants across the installation by what it is given, and sees no content', async () => {
    const id = await newTenant()
    expect(await run('directory', 'select status, system from tenantry.tenants where id = $1', [id])).toEqual([
      { status: 'active', system: 'bms' },
    ])
    for (const hidden of ['tenantry.audit_entries', 'tenantry.events', 'tenantry.grants', 'tenantry.search_tokens']) {
      await expect(run('directory', `select from ${hidden}`)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(run('directory', 'select billing_email from tenantry.tenants')).rejects.toMatchObject({ code: '42501' })
    await expect(run('directory', `update tenantry.tenants set name = 'x'`)).rejects.toMatchObject({ code: '42501' })
  })

  test('sees a change of an operator or an operator key stamped', async () => {
    const [operator] = await run(
      'directory',
      `insert into tenantry.operators (email, name) values ('a@example.org', 'A') returning id`,
    )
    await run('directory', 'update tenantry.operators set disabled_at = now() where id = $1', [operator?.id])
    expect(await run('directory', 'select kind, tenant_id from tenantry.changes where object_id = $1', [operator?.id])).toEqual([
      { kind: 'tenantry.operators', tenant_id: null },
      { kind: 'tenantry.operators', tenant_id: null },
    ])
  })

  test('claims due work, of which the earlier of two marks counts', async () => {
    const tenant = randomUUID()
    const mark = (at: string) => within(tenant, `select tenantry.schedule('test', $1, $2)`, [tenant, at])
    await mark('2030-01-02')
    await mark('2030-01-01')
    await mark('2030-01-03')
    const claimed = await run(
      'directory',
      `update tenantry.work set claimed_until = '2030-02-01', attempts = attempts + 1 where kind = 'test' and due_at < '2030-01-02' returning tenant_id, attempts`,
    )
    expect(claimed).toEqual([{ tenant_id: tenant, attempts: 1 }])
    await run('directory', `delete from tenantry.work where tenant_id = $1`, [tenant])
  })
})

test('an erased tenant leaves its tombstone, of the tenant in whose scope it was written', async () => {
  const id = randomUUID()
  await within(id, `select tenantry.bury('acme', '{"bms.points": 3}')`)
  expect(await run('directory', 'select slug, counts from tenantry.tombstones where tenant_id = $1', [id])).toEqual([
    { slug: 'acme', counts: { 'bms.points': 3 } },
  ])
  await expect(run('app', `select tenantry.bury('acme', '{}')`)).rejects.toMatchObject({ code: 'TN001' })
})

test('[SEC-18] partitions of audit, access log, events, usage and deliveries are there for this month and the next three', async () => {
  const rows = await run(
    'owner',
    `select inhparent::regclass::text as parent, count(*)::int as months from pg_inherits join pg_class c on c.oid = inhrelid
     where c.relispartition and c.relkind = 'r' and c.relforcerowsecurity group by 1 order by 1`,
  )
  expect(rows.map(({ parent }) => parent)).toEqual([
    'tenantry.access_log',
    'tenantry.audit_entries',
    'tenantry.events',
    'tenantry.usage_events',
    'tenantry.webhook_deliveries',
  ])
  for (const { months } of rows) expect(months).toBeGreaterThanOrEqual(4)
})
