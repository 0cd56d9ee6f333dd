import { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Problem } from '../problems/problem.ts'
import { constraintOf, sqlStateOf } from './database-problems.ts'
import type { Isolation } from './isolation.ts'
import {
  actor,
  allNotes,
  backendPid,
  countNotes,
  insertNote,
  type Notes,
  notesDatabase,
  refusalOf,
} from './notes.test-support.ts'
import { sql } from './statement.ts'
import { tenantIs } from './tenant-literal.ts'
import type { TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation
let acme: TenantScope
let globex: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation()
  acme = await notes.tenant(isolation, 3)
  globex = await notes.tenant(isolation, 2)
})
afterAll(() => notes.close())
afterEach(() => vi.restoreAllMocks())

test('[CRM-2] a statement without a tenant predicate sees the rows of its own tenant only', async () => {
  for (const [scope, count] of [
    [acme, 3],
    [globex, 2],
  ] as const) {
    const rows = await scope.run(allNotes)
    expect(rows).toHaveLength(count)
    expect(rows.every((row) => row.tenantId === scope.context.tenantId)).toBe(true)
  }
})

test("[CRM-2] an update or delete without a predicate leaves other tenants' rows alone", async () => {
  const mine = await notes.tenant(isolation, 2)
  const theirs = await notes.tenant(isolation, 2)
  await mine.run(sql`update notes.notes set title = title || '!'`)
  await mine.run(sql`delete from notes.notes`)
  expect(await mine.run(allNotes)).toEqual([])
  expect((await theirs.run(allNotes)).map((row) => row.title)).toEqual(['note 1', 'note 2'])
})

test('a row for another tenant is refused as something that does not exist', async () => {
  const foreign = sql`insert into notes.notes (tenant_id, title) values (${globex.context.tenantId}::uuid, 'smuggled')`
  expect(await refusalOf(acme.run(foreign))).toMatchObject({ code: 'not_found' })
})

test('a scoped statement is one network write, prepared or not', async () => {
  await isolation.scope({ tenantId: acme.context.tenantId, actor }).run(countNotes)
  const write = vi.spyOn(Socket.prototype, 'write')
  for (let use = 1; use <= 4; use++) await acme.run(countNotes)
  expect(write).toHaveBeenCalledTimes(4)
})

test('a batch is one network write, whatever it holds', async () => {
  const scope = await notes.tenant(isolation, 1)
  const write = vi.spyOn(Socket.prototype, 'write')
  const [added, count] = await scope.batch([insertNote('a'), countNotes])
  expect(write).toHaveBeenCalledTimes(1)
  expect([added[0]?.title, count[0]?.count]).toEqual(['a', 2])
})

test('a batch is done as a whole or not at all', async () => {
  const scope = await notes.tenant(isolation)
  expect(await refusalOf(scope.batch([insertNote('kept?'), sql`select 1 / 0`]))).toMatchObject({ code: 'invalid_request' })
  expect(await scope.run(allNotes)).toEqual([])
})

test('a constraint that is checked at commit rejects the statement that broke it', async () => {
  const scope = await notes.tenant(isolation)
  const orphan = sql`insert into notes.lines (note_id) values (${acme.context.tenantId}::uuid)`
  const refusal = await refusalOf(scope.run(orphan))
  expect(refusal).toMatchObject({ code: 'not_found' })
  expect(await scope.run(sql`select 1 from notes.lines`)).toEqual([])
})

test('what a caller is told of a broken constraint holds neither its name nor the value', async () => {
  const scope = await notes.tenant(isolation, 1)
  const refusal = await refusalOf(scope.run(insertNote('note 1')))
  expect(refusal).toBeInstanceOf(Problem)
  expect(refusal).toMatchObject({ code: 'conflict', members: {} })
  expect(refusal.message).not.toMatch(/note|tenant|key|constraint/i)
  expect(sqlStateOf(refusal)).toBe('23505')
  expect(constraintOf(refusal)).toMatch(/title/)
})

test.each([
  'begin',
  'commit',
  "set tenantry.tenant = 'x'",
  'listen changes',
  'create table t ()',
  'truncate notes.notes',
  'copy notes.notes to stdout',
  'explain select 1',
  'call p()',
  'do $$ begin end $$',
  '/* select */ begin',
  '-- select\n begin',
  '/* a /* b */ begin */ vacuum',
  '/* a /* b */ select */ begin',
  '-- \rbegin /*\n select 1 -- */',
  '/* never closed select 1',
  '',
  "select set_config('tenantry.tenant', 'x', false)",
  'select pg_advisory_lock(1)',
  'select pg_try_advisory_lock_shared(1)',
  'select pg_terminate_backend(1)',
])('`%s` is refused before anything is sent', async (text) => {
  const write = vi.spyOn(Socket.prototype, 'write')
  expect(await refusalOf(acme.run({ text, values: [] }))).toMatchObject({ name: 'StatementRefused' })
  expect(write).not.toHaveBeenCalled()
})

test('two statements in one text are refused and neither is run', async () => {
  const scope = await notes.tenant(isolation, 1)
  expect(await refusalOf(scope.run({ text: 'delete from notes.notes; commit', values: [] }))).toMatchObject({ code: 'internal' })
  expect(await scope.run(allNotes)).toHaveLength(1)
})

test('comments and blanks may come before a statement', async () => {
  expect(await acme.run({ text: ' -- why\n/* how */\n select 1 as one', values: [] })).toEqual([{ one: 1 }])
})

test('the read lane writes nothing, however the statement begins', async () => {
  const scope = await notes.tenant(isolation)
  const hidden = sql`with added as (insert into notes.notes (title) values ('x') returning id) select id from added`
  expect(await refusalOf(scope.run(hidden, { lane: 'read' }))).toMatchObject({ code: 'internal' })
  expect(await refusalOf(scope.run(insertNote('x'), { lane: 'read' }))).toMatchObject({ code: 'internal' })
  expect(await scope.run(hidden)).toHaveLength(1)
})

test('a read of more than 1,000 rows says what to use instead, and the other lanes answer them', async () => {
  const rows = (count: number) => sql<{ n: number }>`select n from generate_series(1, ${count}::int) n`
  expect(await acme.run(rows(1_000))).toHaveLength(1_000)
  const refusal = await refusalOf(acme.run(rows(1_001)))
  expect(refusal).toMatchObject({ code: 'overloaded' })
  expect(refusal.message).toContain('stream()')
  expect(await acme.run(rows(1_001), { lane: 'slow' })).toHaveLength(1_001)
})

const settings = ['tenant', 'actor', 'reach', 'actor_kind', 'request', 'origin'].map((name) => `tenantry.${name}`)
const settingsSeen = sql<Record<string, string | null>>`select ${sql.join(
  [...settings, 'transaction_read_only', 'statement_timeout', 'synchronous_commit'].map(
    (name, at) => sql`nullif(current_setting(${name}, true), '') as ${sql.identifier(`s${at}`)}`,
  ),
)}`

describe.each([
  ['on connections of its own', true],
  ['behind a pooler', false],
])('the context is what the scope was asked for, in every lane, %s', (_where, prepared) => {
  let scope: TenantScope
  const origin = { requestId: 'r-1', address: '::1', userAgent: 'a\0b', impersonator: actor.id }
  const asked = () => ({ tenantId: acme.context.tenantId.toUpperCase(), actor, reach: 'granted' as const, origin })
  const known = () => [acme.context.tenantId, actor.id, 'granted']
  const written = ['member', 'r-1', JSON.stringify({ address: '::1', userAgent: 'ab', impersonator: actor.id })]
  const valuesOf = (rows: readonly Record<string, string | null>[]) => Object.values(rows[0] ?? {})
  let opened: Isolation
  beforeAll(() => {
    opened = notes.isolation({ prepared })
    scope = opened.scope(asked())
  })

  test('a read is told what policies ask, and reads only', async () => {
    expect(valuesOf(await scope.run(settingsSeen))).toEqual([...known(), null, null, null, 'on', '3s', 'on'])
  })

  test('a read that is logged no more than that', async () => {
    const logged = opened.scope({ ...asked(), logged: { action: 'notes.read' } })
    expect(valuesOf(await logged.run(settingsSeen))).toEqual([...known(), null, null, null, 'on', '3s', 'on'])
  })

  test.each([
    ['write', 'off', '4s'],
    ['slow', 'on', '30s'],
  ] as const)('so is the %s lane', async (lane, readOnly, timeout) => {
    expect(valuesOf(await scope.run(settingsSeen, { lane }))).toEqual([...known(), ...written, readOnly, timeout, 'on'])
  })

  test('so are transactions and streams', async () => {
    const inside = await scope.transaction((inner) => inner.run(settingsSeen))
    expect(valuesOf(inside)).toEqual([...known(), ...written, 'off', '4s', 'on'])
    for await (const row of scope.stream(settingsSeen)) {
      expect(valuesOf([row])).toEqual([...known(), ...written, 'on', '30s', 'on'])
    }
  })

  test('the read lane writes nothing, whoever asks', async () => {
    expect(await refusalOf(scope.run(insertNote('smuggled'), { lane: 'read' }))).toBeInstanceOf(Problem)
    expect(sqlStateOf(await refusalOf(scope.run(insertNote('smuggled'), { lane: 'read' })))).toBe('25006')
  })
})

test('nothing of a context outlives its statement', async () => {
  const alone = notes.isolation({ lanes: { write: { clients: 1 } } })
  const { tenantId } = (await notes.tenant(isolation)).context
  const first = alone.scope({ tenantId, actor, reach: 'granted' })
  const second = alone.scope({ tenantId: globex.context.tenantId, actor })
  const asked = sql<{ pid: number; reach: string; request: string; readOnly: string }>`
    select pg_backend_pid() as pid, current_setting('tenantry.reach') as reach, current_setting('tenantry.request', true) as request,
      current_setting('transaction_read_only') as read_only`
  await first.run(insertNote('by the first'))
  const [before] = await first.run(asked, { lane: 'write' })
  const [after] = await second.run(asked, { lane: 'write' })
  expect(before).toMatchObject({ reach: 'granted', request: first.context.origin.requestId })
  expect(after).toMatchObject({ pid: before?.pid, reach: 'all', request: second.context.origin.requestId })
})

test.each([
  ['tenant', { tenantId: "' or true" }],
  ['tenant', { tenantId: 'acme' }],
  ['actor', { actor: { kind: 'member', id: '1' } as const }],
  ['actor', { actor: { kind: 'root', id: actor.id } as never }],
  ['reach', { reach: 'everything' as never }],
])('a scope is not given for a wrong %s', (what, wrong) => {
  expect(() => isolation.scope({ tenantId: acme.context.tenantId, actor, ...wrong })).toThrow(what)
})

test('a value that cannot be sent rejects its statement and leaves the connection alone', async () => {
  const alone = notes.isolation({ lanes: { read: { clients: 1 } } })
  const scope = alone.scope({ tenantId: acme.context.tenantId, actor })
  const [before] = await scope.run(backendPid)
  const circle: Record<string, unknown> = {}
  circle.self = circle
  for (const value of [circle, new Date(Number.NaN), () => 1, Symbol('s')]) await refusalOf(scope.run(sql`select ${value}::text`))
  expect(await refusalOf(scope.run(sql`select ${'a\0b'}::text`))).toMatchObject({ code: 'invalid_request' })
  expect(await scope.run(backendPid)).toEqual([before])
})

test('a statement that names its tenant is never prepared by name', async () => {
  const alone = notes.isolation({ lanes: { read: { clients: 1 } } })
  const scope = alone.scope({ tenantId: acme.context.tenantId, actor })
  const count = sql<{ count: number }>`select count(*) from notes.notes n where ${tenantIs(scope, 'n')}`
  for (let use = 0; use < 3; use++) expect(await scope.run(count)).toEqual([{ count: 3 }])
  const prepared = sql<{ statement: string }>`select statement from pg_prepared_statements`
  expect((await scope.run(prepared)).filter((row) => row.statement.includes(acme.context.tenantId))).toEqual([])
})

test('without prepared statements, as a pooler wants it, everything is the same', async () => {
  const pooled = notes.isolation({ prepared: false, lanes: { read: { clients: 1 } } })
  const scope = pooled.scope({ tenantId: acme.context.tenantId, actor })
  for (let use = 0; use < 3; use++) expect(await scope.run(allNotes)).toHaveLength(3)
  expect(await scope.transaction((inner) => inner.run(countNotes))).toEqual([{ count: 3 }])
  expect(await scope.run(sql`select name from pg_prepared_statements`)).toEqual([])
})

test('an isolation that is closed finishes what was begun and then refuses', async () => {
  const closing = notes.isolation()
  const scope = closing.scope({ tenantId: acme.context.tenantId, actor })
  const begun = scope.run(countNotes)
  await closing.close()
  expect(await begun).toEqual([{ count: 3 }])
  expect(await refusalOf(scope.run(countNotes))).toMatchObject({ code: 'unavailable' })
})

test('no connection is opened before it is needed, and only in the lane that needs it', async () => {
  const idle = notes.isolation()
  const connections = () => Object.values(idle.statistics()).map((lane) => lane.connections)
  expect(connections()).toEqual([0, 0, 0, 0, 0])
  await idle.scope({ tenantId: acme.context.tenantId, actor }).run(countNotes)
  expect(connections()).toEqual([1, 0, 0, 0, 0])
})

test('lanes that would take more than 20 connections are refused', () => {
  expect(() => notes.isolation({ lanes: { read: { clients: 10 } } })).toThrow('at most 20')
})
