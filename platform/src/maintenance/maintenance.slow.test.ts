import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import { sql } from '../isolation/statement.ts'
import { eraseTenant } from '../tenants/erase-tenant.ts'
import { type TestDatabase, testDatabase } from '../testing/test-database.ts'
import { maintain } from './maintain.ts'
import { ChangePruner } from './prune.ts'

let database: TestDatabase
let isolation: Isolation
let superuser: pg.Client
let failures: unknown[]

beforeEach(async () => {
  database = await testDatabase()
  isolation = createIsolation({ url: database.appUrl, lanes: { write: { clients: 1 } } })
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
  failures = []
})
afterEach(async () => {
  await isolation?.close()
  await superuser?.end()
  await database?.drop()
})

const tenantA = '018f0000-0000-7000-8000-0000000000a1'
const tenantB = '018f0000-0000-7000-8000-0000000000b2'
const scopeOf = (tenantId: string) => isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })

async function provision(tenantId: string, slug: string) {
  await scopeOf(tenantId).run(
    sql`insert into tenantry.tenants (id, slug, name, system, tier, status) values (${tenantId}, ${slug}, ${slug}, 'bms', 'base', 'active')`,
  )
}

function fullRound(changes = new ChangePruner()) {
  return maintain('full', {
    adminUrl: database.adminUrl,
    directoryUrl: database.directoryUrl,
    changes,
    onFailure: (step, error) => failures.push([step, error]),
  })
}

const moveClock = (interval: string) => superuser.query('update tenantry.clock_offset set "offset" = $1', [interval])

async function partitions() {
  const { rows } = await superuser.query<{ parent: string; name: string; policed: boolean; granted: boolean }>(
    `select i.inhparent::regclass::text as parent, c.relname as name, c.relrowsecurity and c.relforcerowsecurity
        and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_isolation') as policed,
        exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner) as granted
       from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind = 'r' where i.inhparent in
         ('tenantry.events'::regclass, 'tenantry.audit_entries'::regclass, 'tenantry.access_log'::regclass, 'tenantry.webhook_deliveries'::regclass, 'tenantry.usage_events'::regclass)
      order by 1, 2`,
  )
  return rows
}

/** Events, audit, access log, usage and what webhooks were sent. */
const tables = 5

test('[SEC-18] partitions of events, audit and access log are made ahead, dropped by retention, and policed like their parents', async () => {
  await provision(tenantA, 'acme')
  await provision(tenantB, 'bravo')
  const before = await partitions()
  await moveClock('14 months')
  const report = await fullRound()
  expect(failures).toEqual([])
  expect(report?.partitionsMade).toHaveLength(tables * 4)
  // Events of the first months are past their retention, entries of audit are not.
  expect(report?.partitionsDropped.filter((name) => name.startsWith('tenantry.events'))).toHaveLength(before.length / tables)
  expect(report?.partitionsDropped.filter((name) => name.startsWith('tenantry.audit'))).toEqual([])
  const after = await partitions()
  expect(after.length).toBeGreaterThan(0)
  expect(after.filter(({ policed, granted }) => !policed || granted)).toEqual([])

  // What is written now goes into one of them, and only its tenant sees it.
  await scopeOf(tenantA).run(sql`select tenantry.emit('bms.thing.made', ${tenantA}::uuid)`, { lane: 'write' })
  const told = sql<{ count: number }>`select count(*)::int as count from tenantry.events where type = 'bms.thing.made'`
  expect(await scopeOf(tenantA).first(told)).toEqual({ count: 1 })
  expect(await scopeOf(tenantB).first(told)).toEqual({ count: 0 })
  expect((await fullRound())?.partitionsMade).toEqual([])
})

test('what a tenant under legal hold has in a log outlives the retention', async () => {
  await provision(tenantA, 'acme')
  await scopeOf(tenantA).run(sql`update tenantry.tenants set legal_hold = true, legal_hold_reason = 'court'`)
  await moveClock('4 years')
  const report = await fullRound()
  expect(failures).toEqual([])
  expect(report?.partitionsDropped.filter((name) => name.startsWith('tenantry.audit'))).toEqual([])
  expect(report?.partitionsDropped.filter((name) => name.startsWith('tenantry.access')).length).toBeGreaterThan(0)
  await scopeOf(tenantA).run(sql`update tenantry.tenants set legal_hold = false, legal_hold_reason = null`)
  expect((await fullRound())?.partitionsDropped.filter((name) => name.startsWith('tenantry.audit')).length).toBeGreaterThan(0)
})

test('kept answers go after a day, stamps once every node has read them, slugs when they have rested', async () => {
  await provision(tenantA, 'acme')
  const changes = new ChangePruner()
  await fullRound(changes)
  await scopeOf(tenantA).run(sql`insert into tenantry.idempotency_keys (actor_id, route, key, body_hash, status, response)
    values (${tenantA}, 'createThing', 'k', ${`\\x${'00'.repeat(32)}`}::bytea, 201, '{}')`)
  await superuser.query(
    `insert into tenantry.slug_quarantine values ('old', $1, now() - interval '1 second'), ('resting', $1, now() + interval '3 days')`,
    [tenantA],
  )
  await fullRound(changes)
  const left = async (table: string) =>
    (await superuser.query(`select count(*)::int as count from tenantry.${table}`)).rows[0].count
  // A transaction of another test, in another database of the cluster, may hold the snapshot back for a while.
  for (let round = 0; round < 100 && (await left('changes')) > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    await fullRound(changes)
  }
  expect(await left('changes')).toBe(0)
  expect(await left('slug_quarantine')).toBe(1)
  expect(await left('idempotency_keys')).toBe(1)
  await moveClock('25 hours')
  await fullRound(changes)
  expect(await left('idempotency_keys')).toBe(0)
  expect(failures).toEqual([])
})

test('hand-offs go a day, and families of refresh tokens ninety days, after they were over', async () => {
  await provision(tenantA, 'acme')
  const scope = scopeOf(tenantA)
  const count = async (table: string) =>
    (await scope.first(sql<{ count: number }>`select count(*) from ${sql.identifier(`tenantry.${table}`)}`))?.count
  await scope.run(sql`insert into tenantry.hand_offs (hash, user_id, host, expires_at)
    values (${`\\x${'01'.repeat(32)}`}::bytea, ${tenantA}, 'acme.localhost', tenantry.clock() + interval '1 minute')`)
  await scope.run(sql`insert into tenantry.refresh_families (public_id, user_id, expires_at, ended_at, ended_because)
    values ('liveuntillater', ${tenantA}, tenantry.clock() + interval '30 days', null, null),
      ('signedoutnow', ${tenantA}, tenantry.clock() + interval '30 days', tenantry.clock(), 'signed_out')`)
  await fullRound()
  expect([await count('hand_offs'), await count('refresh_families')]).toEqual([1, 2])
  await moveClock('2 days')
  await fullRound()
  expect([await count('hand_offs'), await count('refresh_families')]).toEqual([0, 2])
  await moveClock('91 days')
  await fullRound()
  expect(await count('refresh_families')).toBe(1)
  await moveClock('121 days')
  await fullRound()
  expect(await count('refresh_families')).toBe(0)
  expect(failures).toEqual([])
})

test('a mail that nobody took goes after a month, with the link that it holds', async () => {
  await provision(tenantA, 'acme')
  await scopeOf(tenantA).run(sql`insert into tenantry.mails (sealed) values ('\x01'::bytea)`)
  const waiting = async () => (await superuser.query('select from tenantry.mails')).rowCount
  await moveClock('29 days')
  await fullRound()
  expect(await waiting()).toBe(1)
  await moveClock('31 days')
  await fullRound()
  expect([await waiting(), failures]).toEqual([0, []])
})

test('a stamp that was not committed at the last round is kept for the nodes to read', async () => {
  await provision(tenantA, 'acme')
  const changes = new ChangePruner()
  await superuser.query('begin')
  await superuser.query(`insert into tenantry.changes (kind, at) values ('late', now() - interval '1 day')`)
  await fullRound(changes)
  await superuser.query('commit')
  await fullRound(changes)
  expect((await superuser.query(`select kind from tenantry.changes where kind = 'late'`)).rowCount).toBe(1)
})

test('a deleted tenant is erased when its grace period is over, not before, and not while it is held', async () => {
  await provision(tenantA, 'acme')
  await scopeOf(tenantA).batch([
    sql`update tenantry.tenants set status = 'deleted', erase_after = tenantry.clock() + interval '30 days'`,
    sql`select tenantry.schedule('tenant.erase', ${tenantA}::uuid, tenantry.clock() + interval '30 days')`,
  ])
  await superuser.query(`select tenantry_jobs.create_queue('test.tidy', '{"policy": "short"}')`)
  await scopeOf(tenantA).run(sql`select tenantry.enqueue('test.tidy', 'test.tidy', ${tenantA}::uuid)`, { lane: 'write' })
  expect((await fullRound())?.erased).toEqual([])
  await moveClock('30 days 1 hour')
  await scopeOf(tenantA).run(sql`update tenantry.tenants set legal_hold = true, legal_hold_reason = 'court'`)
  expect((await fullRound())?.erased).toEqual([])
  await scopeOf(tenantA).run(sql`update tenantry.tenants set legal_hold = false, legal_hold_reason = null`)
  await moveClock('32 days')
  expect((await fullRound())?.erased).toMatchObject([{ tenantId: tenantA, slug: 'acme' }])
  expect((await superuser.query('select slug from tenantry.tombstones')).rows).toEqual([{ slug: 'acme' }])
  expect((await superuser.query('select from tenantry_jobs.job')).rowCount).toBe(0)
  expect(failures).toEqual([])
})

test('what was written for a tenant while it was erased goes with the next round', async () => {
  await provision(tenantA, 'leaving')
  await provision(tenantB, 'staying')
  const owner = new pg.Client({ connectionString: database.adminUrl })
  await owner.connect()
  await eraseTenant(owner, tenantA, { force: true }).finally(() => owner.end())
  // The policy asks for the tenant of the context, not whether there is one: a scope that was open can still write.
  const late = sql`insert into tenantry.grants (actor_id, object_id) values (${tenantB}, ${tenantB})`
  for (const tenantId of [tenantA, tenantB]) await scopeOf(tenantId).run(late)
  expect((await fullRound())?.rowsPruned).toBeGreaterThan(0)
  for (const table of ['tenantry.grants', 'tenantry.audit_entries']) {
    const { rows } = await superuser.query(`select distinct tenant_id from ${table}`)
    expect(rows).toEqual([{ tenant_id: tenantB }])
  }
})

test('one process at a time: the other one leaves it to the first', async () => {
  await superuser.query(`select pg_advisory_lock(hashtextextended('tenantry.maintenance', 0))`)
  expect(await fullRound()).toBeUndefined()
})

test('a tenant that was restored and deleted anew is erased when its second grace period is over', async () => {
  await provision(tenantA, 'acme')
  const orderErasure = async () => {
    await scopeOf(tenantA).run(
      sql`update tenantry.tenants set status = 'deleted', erase_after = tenantry.clock() + interval '30 days' where id = ${tenantA}`,
    )
    await scopeOf(tenantA).run(
      sql`select tenantry.schedule('tenant.erase', id, erase_after) from tenantry.tenants where id = ${tenantA}`,
      { lane: 'write' },
    )
  }
  await orderErasure()
  await scopeOf(tenantA).run(sql`update tenantry.tenants set status = 'active', erase_after = null where id = ${tenantA}`)
  await moveClock('20 days')
  await orderErasure()
  await moveClock('31 days')
  expect((await fullRound())?.erased).toEqual([])
  await moveClock('51 days')
  expect((await fullRound())?.erased).toMatchObject([{ tenantId: tenantA }])
  expect(failures).toEqual([])
})
