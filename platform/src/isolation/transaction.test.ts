import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
import type { TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation({ lanes: { interactive: { clients: 2 } } })
})
afterAll(() => notes.close())

const titles = async (scope: TenantScope) => (await scope.run(allNotes)).map((note) => note.title)

test('a later statement may depend on an earlier result, and all of it is committed together', async () => {
  const scope = await notes.tenant(isolation)
  const id = await scope.transaction(async (inner) => {
    const note = await inner.first(insertNote('first'))
    await inner.run(sql`insert into notes.lines (note_id) values (${note?.id}::uuid)`)
    expect(await titles(scope)).toEqual([])
    return note?.id
  })
  expect(await scope.run(sql`select note_id from notes.lines`)).toEqual([{ noteId: id }])
})

test('a transaction sees its own tenant only', async () => {
  await notes.tenant(isolation, 5)
  const scope = await notes.tenant(isolation, 1)
  expect(await scope.transaction((inner) => inner.run(countNotes))).toEqual([{ count: 1 }])
})

test('what throws is rolled back and thrown on', async () => {
  const scope = await notes.tenant(isolation)
  const mistake = new Error('changed my mind')
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('x'))
    throw mistake
  })
  await expect(outcome).rejects.toBe(mistake)
  expect(await titles(scope)).toEqual([])
})

test('a transaction whose failure was swallowed is not taken for committed', async () => {
  const scope = await notes.tenant(isolation)
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('x'))
    await inner.run(sql`select 1 / 0`).catch(() => undefined)
    return 'fine'
  })
  expect(await refusalOf(outcome)).toMatchObject({ code: 'invalid_request' })
  expect(await titles(scope)).toEqual([])
})

test('a deferred constraint that fails at commit rejects the transaction', async () => {
  const scope = await notes.tenant(isolation)
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('x'))
    await inner.run(sql`insert into notes.lines (note_id) values (${actor.id}::uuid)`)
  })
  expect(await refusalOf(outcome)).toMatchObject({ code: 'not_found' })
  expect(await titles(scope)).toEqual([])
})

test('a nested transaction that throws is undone alone', async () => {
  const scope = await notes.tenant(isolation)
  await scope.transaction(async (outer) => {
    await outer.run(insertNote('outer'))
    await refusalOf(
      outer.transaction(async (inner) => {
        await inner.run(insertNote('inner'))
        await inner.transaction((innermost) => innermost.run(insertNote('innermost')))
        await inner.run(insertNote('outer'))
      }),
    )
    await outer.transaction((inner) => inner.run(insertNote('second try')))
  })
  expect(await titles(scope)).toEqual(['outer', 'second try'])
})

test('a failure swallowed inside a nested transaction rejects that one and spares the outer', async () => {
  const scope = await notes.tenant(isolation)
  await scope.transaction(async (outer) => {
    await outer.run(insertNote('kept'))
    const swallowed = outer.transaction(async (inner) => {
      await inner.run(insertNote('lost'))
      await inner.run(sql`select 1 / 0`).catch(() => undefined)
    })
    expect(await refusalOf(swallowed)).toMatchObject({ code: 'invalid_request' })
  })
  expect(await titles(scope)).toEqual(['kept'])
})

test('a scope that outlives its transaction runs nothing', async () => {
  const scope = await notes.tenant(isolation)
  let kept: TenantScope | undefined
  await scope.transaction(async (inner) => {
    kept = inner
  })
  expect((await refusalOf((kept as TenantScope).run(countNotes))).message).toContain('has ended')
  expect((await refusalOf((kept as TenantScope).transaction(async () => 1))).message).toContain('has ended')
})

test('the outer scope runs nothing while a nested transaction is open', async () => {
  const scope = await notes.tenant(isolation)
  await scope.transaction((outer) =>
    outer.transaction(async (inner) => {
      expect((await refusalOf(outer.run(countNotes))).message).toContain('nested')
      expect(await inner.run(countNotes)).toEqual([{ count: 0 }])
    }),
  )
})

test('begin and commit by hand are refused inside a transaction too', async () => {
  const scope = await notes.tenant(isolation)
  const outcome = scope.transaction((inner) => inner.run({ text: 'commit', values: [] }))
  expect(await refusalOf(outcome)).toMatchObject({ name: 'StatementRefused' })
})

test('its client is used again, with nothing left of it', async () => {
  const alone = notes.isolation({ lanes: { interactive: { clients: 1 } } })
  const [acme, globex] = [await notes.tenant(alone, 2), await notes.tenant(alone, 1)]
  const pids = [
    await acme.transaction((inner) => inner.run(backendPid)),
    await globex.transaction((inner) => inner.run(backendPid)),
  ]
  expect(pids[1]).toEqual(pids[0])
  expect(await globex.transaction((inner) => inner.run(countNotes))).toEqual([{ count: 1 }])
})

test('transactions beyond the clients wait their turn and then all succeed', async () => {
  const scope = await notes.tenant(isolation)
  await Promise.all(Array.from({ length: 12 }, (_, n) => scope.transaction((inner) => inner.run(insertNote(`note ${n}`)))))
  expect(await titles(scope)).toHaveLength(12)
  expect(isolation.statistics().interactive).toMatchObject({ inFlight: 0, waiting: 0 })
})

test('a signal that fires in the middle rolls it back', async () => {
  const stop = new AbortController()
  const scope = await notes.tenant(isolation, 0, { signal: stop.signal })
  const outcome = scope.transaction(async (inner) => {
    await inner.run(insertNote('x'))
    stop.abort(new Error('gone'))
  })
  await expect(outcome).rejects.toThrow('gone')
  expect(await titles(isolation.scope({ tenantId: scope.context.tenantId, actor }))).toEqual([])
})

test('a transaction that PostgreSQL ended is rejected, nothing of it stored, and the next one works', async () => {
  const scope = await notes.tenant(isolation)
  const outcome = scope.transaction(async (inner) => {
    const [session] = await inner.run(backendPid)
    await inner.run(insertNote('x'))
    await notes.superuser.query('select pg_terminate_backend($1)', [session?.pid])
    await sleep(50)
    await inner.run(insertNote('y'))
  })
  expect(await refusalOf(outcome)).toMatchObject({ code: 'unavailable' })
  expect(await scope.transaction((inner) => inner.run(countNotes))).toEqual([{ count: 0 }])
})

test('a cursor inside a transaction reads what the transaction wrote, and may be left', async () => {
  const scope = await notes.tenant(isolation, 20)
  await scope.transaction(async (inner) => {
    await inner.run(insertNote('new'))
    const seen: string[] = []
    for await (const note of inner.stream(allNotes, { batchSize: 6 })) {
      seen.push(note.title)
      if (seen.length === 8) break
    }
    expect(seen).toHaveLength(8)
    expect(await inner.run(countNotes)).toEqual([{ count: 21 }])
  })
})
