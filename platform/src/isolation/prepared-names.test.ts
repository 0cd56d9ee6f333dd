import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Isolation } from './isolation.ts'
import { allNotes, insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { mostNames } from './prepared-names.ts'
import { sql } from './statement.ts'
import type { TenantScope } from './tenant-scope.ts'

let notes: Notes
let isolation: Isolation
let scope: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  isolation = notes.isolation({ lanes: { read: { clients: 1 }, write: { clients: 1 } } })
  scope = await notes.tenant(isolation, 2)
})
afterAll(() => notes.close())

const prepared = async (lane: 'read' | 'write' = 'read') =>
  (
    await scope.run(sql<{ statement: string }>`select statement from pg_prepared_statements where name ~ '^t[0-9]'`, { lane })
  ).map((row) => row.statement)

test('a text is prepared by name on its second use', async () => {
  const text = sql`select title from notes.notes where amount = ${0}`
  await scope.run(text)
  expect(await prepared()).not.toContain(text.text)
  await scope.run(text)
  expect(await prepared()).toContain(text.text)
  expect(await scope.run(text)).toHaveLength(2)
})

test('a text that failed while it was prepared is not taken for prepared', async () => {
  const division = (by: number) => sql`select 6 / ${by}::int as n`
  await scope.run(division(1))
  await refusalOf(scope.run(division(0)))
  expect(await scope.run(division(3))).toEqual([{ n: 2 }])
  await refusalOf(scope.run(division(0)))
  expect(await scope.run(division(2))).toEqual([{ n: 3 }])
})

test('many at once, on one connection, with a text that is new, all answer right', async () => {
  const asked = (n: number) => sql<{ n: number }>`select ${n}::int as n, 'pipelined' as how`
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => scope.run(asked(n))))
  expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 50 }, (_, n) => n))
})

test('a batch that repeats a text prepares it once and uses it from then on', async () => {
  await scope.batch(Array.from({ length: 20 }, (_, n) => insertNote(`batch ${n}`)))
  expect((await prepared('write')).filter((text) => text === insertNote('').text)).toHaveLength(1)
})

test(`a connection keeps at most ${mostNames} names, the ones used last`, async () => {
  const dynamic = (n: number) => ({ text: `select ${n} as n`, values: [] })
  for (let n = 0; n < mostNames + 40; n++) await scope.batch([dynamic(n), dynamic(n)], { lane: 'read' })
  const kept = await prepared()
  expect(kept.length).toBeGreaterThan(mostNames - 5)
  expect(kept.length).toBeLessThanOrEqual(mostNames + 1)
  expect(kept).toContain(dynamic(mostNames + 39).text)
  expect(kept).not.toContain(dynamic(0).text)
})

test('a prepared statement survives a migration of its table, in reads, writes and under load', async () => {
  const everything = sql<Record<string, unknown>>`select * from notes.notes order by id limit 1`
  const adding = (title: string) => sql<Record<string, unknown>>`insert into notes.notes (title) values (${title}) returning *`
  for (let use = 0; use < 3; use++) {
    await scope.run(everything)
    await scope.run(adding(`before ${use}`))
  }
  await notes.owner('alter table notes.notes add column colour text')
  const reads = await Promise.all(Array.from({ length: 20 }, () => scope.run(everything)))
  for (const [row] of reads) expect(row).toHaveProperty('colour', null)
  expect(await scope.run(adding('after'))).toMatchObject([{ title: 'after', colour: null }])
  await notes.owner('alter table notes.notes drop column colour')
  expect((await scope.run(everything))[0]).not.toHaveProperty('colour')
  expect(await scope.run(sql`select 1 from notes.notes where title = 'after'`)).toHaveLength(1)
})

test('names that somebody deallocated are prepared again', async () => {
  await notes.owner(`create function notes.forget() returns void language plpgsql as 'begin deallocate all; end'`)
  await notes.owner('grant execute on function notes.forget() to public')
  for (let use = 0; use < 3; use++) await scope.run(allNotes)
  await scope.run(sql`select notes.forget()`)
  expect((await scope.run(allNotes)).length).toBeGreaterThan(2)
})
