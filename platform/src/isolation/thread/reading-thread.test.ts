import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Isolation } from '../isolation.ts'
import { actor, type Notes, notesDatabase, refusalOf } from '../notes.test-support.ts'
import { sql } from '../statement.ts'
import type { ScopeOptions, TenantScope } from '../tenant-scope.ts'
import { broken, fatal, numbers, refused, titles, unreadable, words } from './text-works.test-support.ts'

let notes: Notes
let isolation: Isolation
const worked: string[] = []

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = await threaded()
})
afterAll(() => notes.close())

/** An isolation whose thread is ready. */
async function threaded(): Promise<Isolation> {
  const made = notes.isolation({ thread: true, onWorked: (tenantId) => worked.push(tenantId) })
  await ready(await notes.tenant(made))
  return made
}

async function ready(scope: TenantScope): Promise<void> {
  await vi.waitFor(async () => expect((await textOf(scope.aside(titles, undefined)))[0]).not.toBe('0'), 10_000)
}

async function textOf(text: Promise<AsyncIterable<string>>): Promise<string[]> {
  return Array.fromAsync(await text)
}

/** Statements that work in the slow lane, here or in the thread. */
const slowInFlight = (of = isolation) => of.statistics().slow.inFlight

test('text is made in a thread, of what the scope sees: each tenant gets its own', async () => {
  const scopes = await Promise.all([3, 2].map((count) => notes.tenant(isolation, count)))
  const texts = await Promise.all(scopes.map((scope) => textOf(scope.aside(titles, undefined))))
  expect(texts.map(([thread, ...rest]) => [thread !== '0', rest])).toEqual([
    [true, ['note 1', 'note 2', 'note 3']],
    [true, ['note 1', 'note 2']],
  ])
})

test('whoever asks before the thread is ready, or where there is none, makes the text himself', async () => {
  for (const options of [{ thread: true }, {}]) {
    const scope = await notes.tenant(notes.isolation(options), 1)
    expect(await textOf(scope.aside(titles, undefined))).toEqual(['0', 'note 1'])
  }
})

test('within a transaction what is made sees what the transaction wrote', async () => {
  const scope = await notes.tenant(isolation)
  const seen = await scope.transaction(async (inner) => {
    await inner.run(sql`insert into notes.notes (title) values ('unsaid')`)
    return textOf(inner.aside(titles, undefined))
  })
  expect(seen).toEqual(['0', 'unsaid'])
})

test('a refusal comes with its code and members, before an answer is begun or in its middle', async () => {
  const scope = await notes.tenant(isolation)
  expect(await refusalOf(scope.aside(refused, { after: 0 }))).toMatchObject({
    code: 'range_too_wide',
    status: 400,
    message: 'Too much.',
    members: { limit: 5 },
  })
  const begun = await scope.aside(refused, { after: 2 })
  expect(await refusalOf(Array.fromAsync(begun))).toMatchObject({ code: 'range_too_wide' })
})

test('a failure of ours, or of a statement, comes as what it is', async () => {
  const scope = await notes.tenant(isolation)
  await expect(textOf(scope.aside(broken, undefined))).rejects.toThrow(new TypeError('no such thing'))
  expect(await refusalOf(scope.aside(unreadable, undefined))).toMatchObject({ code: 'invalid_request' })
})

test('no more is made than a reader takes, and a reader who leaves ends it', async () => {
  const scope = await notes.tenant(isolation)
  const text = await scope.aside(numbers, { count: 100_000 })
  const reading = text[Symbol.asyncIterator]()
  expect([await reading.next(), await reading.next()]).toEqual([
    { done: false, value: '1' },
    { done: false, value: '2' },
  ])
  await vi.waitFor(() => expect(slowInFlight()).toBe(1))
  // Made to its end it would be gone from the lane.
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(slowInFlight()).toBe(1)
  await reading.return?.()
  await vi.waitFor(() => expect(slowInFlight()).toBe(0), 3_000)
})

test("an answer that nobody begins to read ends with its scope's signal", async () => {
  const abort = new AbortController()
  const scope = await notes.tenant(isolation, 0, { signal: abort.signal })
  const text = await scope.aside(numbers, { count: 100_000 })
  await vi.waitFor(() => expect(slowInFlight()).toBe(1))
  abort.abort(new Error('gone'))
  await vi.waitFor(() => expect(slowInFlight()).toBe(0), 3_000)
  await expect(Array.fromAsync(text)).rejects.toThrow('gone')
})

test('the time that PostgreSQL worked in the thread is told for the tenant', async () => {
  const scope = await notes.tenant(isolation, 1)
  await textOf(scope.aside(titles, undefined))
  await vi.waitFor(() => expect(worked).toContain(scope.context.tenantId))
})

test('what is logged is in the access log before its first piece', async () => {
  const options: Partial<ScopeOptions> = { logged: { action: 'notes.read' } }
  const scope = await notes.tenant(isolation, 1, options)
  await scope.aside(titles, undefined)
  const log = isolation.scope({ tenantId: scope.context.tenantId, actor })
  expect(await log.run(sql`select action from tenantry.access_log`)).toEqual([{ action: 'notes.read' }])
})

test('a thread that ends fails what it was making; the next is made by a new one', async () => {
  const own = await threaded()
  const scope = await notes.tenant(own, 1)
  await expect(textOf(scope.aside(fatal, undefined))).rejects.toThrow('The reading thread ended.')
  expect((await textOf(scope.aside(titles, undefined)))[0]).toBe('0')
  await ready(scope)
})

test.each([
  ['while PostgreSQL has more of it', numbers],
  ['that PostgreSQL is done with', words],
])('an isolation that is closed finishes what was begun, %s', async (_what, work) => {
  const own = await threaded()
  const scope = await notes.tenant(own)
  const text = await scope.aside(work, { count: 200 })
  const closed = own.close()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await Array.fromAsync(text)).toHaveLength(200)
  await closed
})
