import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Isolation } from './isolation.ts'
import { actor, allNotes, countNotes, insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { sql } from './statement.ts'
import type { RowBytes, TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation
let scope: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation({ lanes: { slow: { clients: 1, longestWait: 1_000 } } })
  scope = await notes.tenant(isolation, 20)
  await notes.tenant(isolation, 5)
})
afterAll(() => notes.close())

const numbers = (count: number) => sql`select n from generate_series(1, ${count}::int) n`
const text = (column: Buffer | null | undefined) => column?.toString()

test('all reads of a snapshot see the same moment, whatever is stored meanwhile', async () => {
  const [before, after] = await scope.snapshot(async (reading) => {
    const before = await reading.run(countNotes)
    await scope.run(insertNote('meanwhile'))
    return [before, await reading.run(countNotes)]
  })
  expect(after).toEqual(before)
  expect(await scope.run(countNotes)).toEqual([{ count: 21 }])
})

test('a snapshot writes nothing', async () => {
  expect(await refusalOf(scope.snapshot((reading) => reading.run(insertNote('not stored'))))).toMatchObject({ code: 'internal' })
  expect((await scope.run(allNotes)).map(({ title }) => title)).not.toContain('not stored')
})

test('rows are handed over as bytes, in order and those of the tenant alone', async () => {
  const titles: (string | undefined)[] = []
  await scope.snapshot((reading) =>
    reading.take([{ statement: sql`select title from notes.notes order by id`, take: ([title]) => titles.push(text(title)) }]),
  )
  expect(titles).toEqual((await scope.run(allNotes)).map(({ title }) => title))
})

test('statements that are taken together follow one another, each column in binary form, null as null', async () => {
  const rows: [string, RowBytes][] = []
  const keep = (name: string) => (columns: RowBytes) => rows.push([name, columns.map((column) => column && Buffer.from(column))])
  await scope.snapshot((reading) =>
    reading.take([
      { statement: sql`select 7::int4, null::text, ''::text, array[1.5::float8]`, take: keep('one') },
      { statement: sql`select 'ä'::text`, take: keep('two') },
    ]),
  )
  const [[, [seven, nothing, empty, list] = []] = [], [, [umlaut] = []] = []] = rows
  expect(rows.map(([name]) => name)).toEqual(['one', 'two'])
  expect([seven?.readInt32BE(), nothing, empty?.length, list?.readDoubleBE(24), text(umlaut)]).toEqual([7, null, 0, 1.5, 'ä'])
})

test('more rows than are ever kept can be taken', async () => {
  let sum = 0
  await scope.snapshot((reading) =>
    reading.take([{ statement: numbers(300_000), take: ([n]) => (sum += (n as Buffer).readInt32BE()) }]),
  )
  expect(sum).toBe((300_000 * 300_001) / 2)
})

test('what a taker throws ends the statement at once, and the next snapshot works', async () => {
  const enough = new Error('enough')
  let taken = 0
  const outcome = scope.snapshot((reading) =>
    reading.take([
      {
        statement: sql`select repeat('x', 1000) from generate_series(1, 3000) a, generate_series(1, 100000) b`,
        take: () => {
          if (++taken === 3) throw enough
        },
      },
    ]),
  )
  await expect(outcome).rejects.toBe(enough)
  expect(taken).toBe(3)
  expect(isolation.statistics().slow).toMatchObject({ inFlight: 0, waiting: 0 })
  expect(await scope.snapshot((reading) => reading.run(numbers(2)))).toEqual([{ n: 1 }, { n: 2 }])
})

test('a snapshot that fails tells a problem and gives its client back', async () => {
  expect(await refusalOf(scope.snapshot((reading) => reading.run(sql`select 1 / 0`)))).toMatchObject({ code: 'invalid_request' })
  expect(await scope.snapshot((reading) => reading.run(numbers(1)))).toEqual([{ n: 1 }])
})

test('a signal ends a snapshot in the middle of a statement', async () => {
  const stop = new AbortController()
  const gone = new Error('the caller went away')
  const stoppable = isolation.scope({ tenantId: scope.context.tenantId, actor, signal: stop.signal })
  const outcome = stoppable.snapshot((reading) => reading.take([{ statement: numbers(1_000_000), take: () => stop.abort(gone) }]))
  await expect(outcome).rejects.toBe(gone)
  expect(await scope.snapshot((reading) => reading.run(numbers(1)))).toEqual([{ n: 1 }])
})

test('inside a transaction a snapshot is that transaction, and sees what it wrote', async () => {
  const count = await scope.transaction(async (inner) => {
    await inner.run(insertNote('of the transaction'))
    return inner.snapshot((reading) => reading.run(sql`select title from notes.notes where title = 'of the transaction'`))
  })
  expect(count).toHaveLength(1)
})

test('a snapshot is over when its work is: a scope that was kept throws', async () => {
  const kept = await scope.snapshot(async (reading) => reading)
  await expect(kept.run(countNotes)).rejects.toThrow('has ended')
})
