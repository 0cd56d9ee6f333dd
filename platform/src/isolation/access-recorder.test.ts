import { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Isolation } from './isolation.ts'
import { actor, allNotes, countNotes, insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { sql } from './statement.ts'
import type { ScopeOptions, TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation()
})
afterAll(() => notes.close())
afterEach(() => vi.restoreAllMocks())

const logged = { action: 'notes.read' }
const entries = sql<
  Record<string, unknown>
>`select tenant_id, actor_kind, actor_id, impersonator, action, object_id, request_id, address,
  user_agent from tenantry.access_log order by request_id`

/** A scope whose reads are logged, of a tenant with one note. */
function reader(options: Partial<ScopeOptions> = {}, of = isolation): Promise<TenantScope> {
  return notes.tenant(of, 1, { logged, ...options })
}

/** What the tenant's access log holds, read without leaving a trace. */
function logOf({ context: { tenantId } }: TenantScope) {
  return isolation.scope({ tenantId, actor }).run(entries)
}

/** Nobody can write to the access log until the answer is called. */
async function holdLog(): Promise<() => Promise<void>> {
  await notes.superuser.query('begin')
  await notes.superuser.query('lock table tenantry.access_log in share mode')
  return async () => void (await notes.superuser.query('commit'))
}

test.each([
  ['on connections of its own', true],
  ['behind a pooler', false],
])('an entry is what the scope knows of its caller, %s', async (_where, prepared) => {
  const objectId = '018f0000-0000-7000-8000-0000000000bb'
  const origin = { requestId: 'r\0-1', address: '::1', userAgent: `"{a,\0b}\\ \ud800`, impersonator: actor.id }
  const scope = await reader({ origin, logged: { action: 'notes.read', objectId } }, notes.isolation({ prepared }))
  await scope.run(allNotes)
  expect(await logOf(scope)).toEqual([
    {
      tenantId: scope.context.tenantId,
      actorKind: 'member',
      actorId: actor.id,
      impersonator: actor.id,
      action: 'notes.read',
      objectId,
      requestId: 'r-1',
      address: '::1',
      userAgent: '"{a,b}\\ \ufffd',
    },
  ])
})

test('an entry is the same as the one that a statement leaves in its own transaction', async () => {
  for (const origin of [{ requestId: '' }, { requestId: 'r', address: '', userAgent: 'x' }]) {
    const scope = await reader({ origin })
    await scope.run(countNotes)
    await scope.run(sql`select tenantry.record_access('notes.read', null)`, { lane: 'write' })
    const [first, second] = await logOf(scope)
    expect(first).toEqual(second)
  }
})

test('a scope is logged once, with the first thing it does', async () => {
  const scope = await reader()
  expect(await logOf(scope)).toEqual([])
  await Promise.all([scope.run(countNotes), scope.run(allNotes)])
  await scope.transaction((inner) => inner.run(countNotes))
  expect(await Array.fromAsync(scope.stream(allNotes))).toHaveLength(1)
  expect(await logOf(scope)).toHaveLength(1)
})

test('what is logged at once by many tenants is two statements, each row in its own tenant', async () => {
  const scopes = await Promise.all(Array.from({ length: 20 }, () => reader()))
  await scopes[0]?.run(countNotes)
  const write = vi.spyOn(Socket.prototype, 'write')
  expect(await Promise.all(scopes.slice(1).map((scope) => scope.run(countNotes)))).toEqual(Array(19).fill([{ count: 1 }]))
  const recorded = write.mock.calls.filter(([bytes]) => String(bytes).includes('notes.read'))
  expect(recorded.length).toBeLessThanOrEqual(2)
  for (const scope of scopes) expect(await logOf(scope)).toMatchObject([{ tenantId: scope.context.tenantId }])
})

test.each<[string, (scope: TenantScope) => Promise<unknown>]>([
  ['a read', (scope) => scope.run(countNotes)],
  ['a slow read', (scope) => scope.run(countNotes, { lane: 'slow' })],
  ['a transaction', (scope) => scope.transaction((inner) => inner.run(countNotes))],
  ['a snapshot', (scope) => scope.snapshot((inner) => inner.run(countNotes))],
  ['a stream', (scope) => scope.stream(allNotes)[Symbol.asyncIterator]().next()],
])('%s hands nothing over before its entry is committed', async (_what, work) => {
  const scope = await reader()
  const release = await holdLog()
  const shown = vi.fn()
  const done = work(scope).then(shown)
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(shown).not.toHaveBeenCalled()
  await release()
  await done
  expect(await logOf(scope)).toHaveLength(1)
})

test('what may write is not stored before its entry', async () => {
  const scope = await reader()
  const release = await holdLog()
  const stored = scope.run(insertNote('stored'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const { rows } = await notes.superuser.query(`select from notes.notes where title = 'stored'`)
  expect(rows).toEqual([])
  await release()
  expect(await stored).toHaveLength(1)
})

test('an entry that cannot be written fails its own read and nobody else', async () => {
  const well = await Promise.all(Array.from({ length: 6 }, () => reader()))
  const ill = await reader({ origin: { impersonator: 'nobody' } })
  const scopes = [...well.slice(0, 2), ill, ...well.slice(2)]
  const outcomes = await Promise.allSettled(scopes.map((scope) => scope.run(countNotes)))
  expect(outcomes.map(({ status }) => status)).toEqual(scopes.map((scope) => (scope === ill ? 'rejected' : 'fulfilled')))
  for (const scope of well) expect(await logOf(scope)).toHaveLength(1)
  expect(await logOf(ill)).toEqual([])
  expect(await refusalOf(ill.run(countNotes))).toMatchObject({ code: 'invalid_request' })
})

test('an entry that failed is tried again with the next that the scope does', async () => {
  const scope = await reader()
  await notes.superuser.query('alter table tenantry.access_log add constraint closed check (false) not valid')
  expect(await refusalOf(scope.run(countNotes))).toMatchObject({ code: 'invalid_request' })
  await notes.superuser.query('alter table tenantry.access_log drop constraint closed')
  expect(await scope.run(countNotes)).toEqual([{ count: 1 }])
  expect(await logOf(scope)).toHaveLength(1)
})

test('entries survive the loss of their connection', async () => {
  const scopes = await Promise.all(Array.from({ length: 5 }, () => reader()))
  const release = await holdLog()
  const read = Promise.all(scopes.map((scope) => scope.run(countNotes)))
  await vi.waitFor(async () => {
    const { rows } = await notes.superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenantry log' and wait_event_type = 'Lock'`,
    )
    expect(rows.length).toBeGreaterThan(0)
  })
  await release()
  expect(await read).toHaveLength(5)
  for (const scope of scopes) expect((await logOf(scope)).length).toBeGreaterThan(0)
})

test('while connections break nobody is answered whose entry is not in the log', async () => {
  const { context } = await reader()
  const answered: string[] = []
  const reading = Array.from({ length: 8 }, async () => {
    for (let n = 0; n < 40; n++) {
      const scope = isolation.scope({ tenantId: context.tenantId, actor, logged })
      await scope.run(countNotes).then(
        () => answered.push(scope.context.origin.requestId),
        (error) => expect(error).toMatchObject({ code: 'unavailable' }),
      )
    }
  })
  const breaking = async () => {
    for (let n = 0; n < 10; n++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      await notes.superuser.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('tenantry log', 'tenantry read')`,
      )
    }
  }
  await Promise.all([...reading, breaking()])
  const { rows } = await notes.superuser.query('select request_id from tenantry.access_log where request_id = any($1)', [
    answered,
  ])
  expect(new Set(rows.map(({ request_id }) => request_id))).toEqual(new Set(answered))
  expect(answered.length).toBeGreaterThan(100)
})

test('one tenant may have a thousand entries waiting, and is not in front of another', async () => {
  const alone = notes.isolation({ lanes: { read: { waitingPerTenant: 5_000 } } })
  const [busy, quiet] = await Promise.all([reader({}, alone), reader({}, alone)])
  const another = ({ context: { tenantId } }: TenantScope) => alone.scope({ tenantId, actor, logged }).run(countNotes)
  await another(quiet)
  const release = await holdLog()
  const order: string[] = []
  const first = another(busy)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const reads = Array.from({ length: 1_001 }, () => another(busy).then(() => order.push('busy')))
  const refused = refusalOf(reads.at(-1) as Promise<unknown>)
  const seen = another(quiet).then(() => order.push('quiet'))
  expect(alone.statistics().log).toMatchObject({ waiting: 1_001, connections: 1 })
  await release()
  expect(await refused).toMatchObject({ code: 'overloaded' })
  await Promise.all([first, seen, ...reads.slice(0, -1)])
  expect(order.indexOf('quiet')).toBeLessThan(100)
})

test('an isolation that is closed finishes the entries of what was begun', async () => {
  const closing = notes.isolation()
  const scopes = await Promise.all(Array.from({ length: 3 }, () => reader({}, closing)))
  const begun = Promise.all(scopes.map((scope) => scope.run(countNotes)))
  await closing.close()
  expect(await begun).toHaveLength(3)
  for (const scope of scopes) expect(await logOf(scope)).toHaveLength(1)
})

test('the function that writes entries takes nobody out of his scope', async () => {
  const [mine, other] = await Promise.all([notes.tenant(isolation, 2), notes.tenant(isolation, 1)])
  const tenants = [mine.context.tenantId, other.context.tenantId]
  const record = sql`select tenantry.record_accesses(${tenants}::uuid[], '{member,member}', null, null, '{a,b}', null, null, null, null)`
  const seen = await mine.batch([record, countNotes, sql`select tenantry.tenant_id() as id`], { lane: 'write' })
  expect(seen.slice(1)).toEqual([[{ count: 2 }], [{ id: mine.context.tenantId }]])
  await expect(isolation.scope({ tenantId: tenants[0] as string, actor }).run(record)).rejects.toMatchObject({ code: 'internal' })
})
