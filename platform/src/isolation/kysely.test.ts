import { afterAll, beforeAll, expect, test } from 'vitest'
import { bindKysely, scopedKysely, tenantIsIn } from './kysely.ts'
import { type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import type { TenantScope } from './tenant-scope.ts'

interface Tables {
  'notes.notes': { id: string; tenantId: string; title: string; amount: number }
}

let notes: Notes
let scope: TenantScope
const db = scopedKysely<Tables>()

beforeAll(async () => {
  notes = await notesDatabase()
  const isolation = notes.isolation()
  scope = await notes.tenant(isolation, 3)
  await notes.tenant(isolation, 7)
})
afterAll(() => notes.close())

const newNote = { title: 'new' } as { id: string; tenantId: string; title: string; amount: number }

test('a builder is run by a scope, with its types, for its tenant', async () => {
  const rows: { tenantId: string; title: string }[] = await scope.run(
    db.selectFrom('notes.notes').select(['tenantId', 'title']).where('amount', '=', 0).orderBy('id'),
  )
  expect(rows.map((row) => row.title)).toEqual(['note 1', 'note 2', 'note 3'])
  expect(rows.every((row) => row.tenantId === scope.context.tenantId)).toBe(true)
})

test('builders and statements share a batch', async () => {
  const [added, all] = await scope.batch([
    db.insertInto('notes.notes').values(newNote).returning('title'),
    db.selectFrom('notes.notes').select((e) => e.fn.countAll<number>().as('howMany')),
  ])
  expect([added, all]).toEqual([[{ title: 'new' }], [{ howMany: 4 }]])
  await scope.run(db.deleteFrom('notes.notes').where('title', '=', 'new'))
})

test('a builder without a scope says what to do instead of answering nothing', async () => {
  const refusal = await refusalOf(db.selectFrom('notes.notes').selectAll().execute())
  expect(refusal.message).toContain('scope.run')
})

test('a bound instance executes on its scope and says how many rows it changed', async () => {
  const bound = bindKysely<Tables>(scope)
  expect(await bound.selectFrom('notes.notes').select('title').orderBy('id').execute()).toHaveLength(3)
  const changed = await bound.updateTable('notes.notes').set({ amount: 5 }).executeTakeFirst()
  expect(changed.numUpdatedRows).toBe(3n)
  const [inserted] = await bound.insertInto('notes.notes').values(newNote).execute()
  expect(inserted?.numInsertedOrUpdatedRows).toBe(1n)
  const removed = await bound.deleteFrom('notes.notes').where('title', '=', 'new').executeTakeFirst()
  expect(removed.numDeletedRows).toBe(1n)
})

test('a bound instance streams, and follows its scope into a transaction', async () => {
  const titles: string[] = []
  for await (const row of bindKysely<Tables>(scope).selectFrom('notes.notes').select('title').orderBy('id').stream(2))
    titles.push(row.title)
  expect(titles).toHaveLength(3)
  const undone = scope.transaction(async (inner) => {
    await bindKysely<Tables>(inner).deleteFrom('notes.notes').execute()
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await scope.run(db.selectFrom('notes.notes').select('id'))).toHaveLength(3)
})

test("Kysely's own transactions are refused, with what to use", async () => {
  const refusal = await refusalOf(
    bindKysely<Tables>(scope)
      .transaction()
      .execute(async () => 1),
  )
  expect(refusal.message).toContain('scope.transaction')
})

test('the tenant can be written out for the planner', async () => {
  const query = db.selectFrom('notes.notes').select('title').where(tenantIsIn(scope))
  expect(query.compile().sql).toContain(`'${scope.context.tenantId}'`)
  expect(await scope.run(query)).toHaveLength(3)
})
