import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './database-problems.ts'
import { insertNote, type Notes, notesDatabase, refusalOf } from './notes.test-support.ts'
import { sql } from './statement.ts'
import type { TenantScope } from './tenant-scope.ts'

let notes: Notes
let scope: TenantScope

beforeAll(async () => {
  notes = await notesDatabase()
  await notes.owner(`
    create function notes.raise(_code text, _detail text) returns void language plpgsql as $$
      begin raise exception 'secret words' using errcode = _code, detail = _detail, hint = 'secret hint'; end $$;
    grant execute on function notes.raise(text, text) to public`)
  scope = await notes.tenant(notes.isolation(), 1)
})
afterAll(() => notes.close())

const raise = (code: string, detail = '') => refusalOf(scope.run(sql`select notes.raise(${code}, ${detail})`))

test.each([
  ['TN001', 'internal'],
  ['TN003', 'slug_taken'],
  ['TN004', 'internal'],
  ['23505', 'conflict'],
  ['23P01', 'conflict'],
  ['23514', 'invalid_request'],
  ['22001', 'invalid_request'],
  ['22P02', 'invalid_request'],
  ['23001', 'still_referenced'],
  ['25006', 'internal'],
  ['40001', 'conflict'],
  ['42501', 'internal'],
  ['42P01', 'internal'],
  ['53300', 'unavailable'],
  ['55P03', 'conflict'],
  ['57014', 'timed_out'],
  ['57P03', 'unavailable'],
  ['XX000', 'internal'],
])('%s is told as %s, without a word of PostgreSQL', async (code, expected) => {
  const refusal = await raise(code, 'secret detail')
  expect(refusal).toMatchObject({ code: expected })
  expect(JSON.stringify([refusal.message, (refusal as { members?: unknown }).members])).not.toContain('secret')
})

test('a quota says its limit and how much of it is used, and nothing else of the detail', async () => {
  const refusal = await raise('TN002', '{"limit": "notes", "max": 3, "used": 3, "secret": 1}')
  expect(refusal).toMatchObject({ code: 'quota_exceeded', members: { limit: 'notes', max: 3, used: 3 } })
  expect((refusal as { members?: object }).members).not.toHaveProperty('secret')
  expect(await raise('TN002', 'not json')).toMatchObject({ code: 'quota_exceeded' })
})

test('what refers to nothing is not found, and what is referred to is still referenced', async () => {
  const [note] = await scope.run(insertNote('referred to'))
  await scope.run(sql`insert into notes.lines (note_id) values (${note?.id}::uuid)`)
  expect(await refusalOf(scope.run(sql`delete from notes.notes where id = ${note?.id}::uuid`))).toMatchObject({
    code: 'still_referenced',
  })
  expect(await refusalOf(scope.run(sql`insert into notes.lines (note_id) values (gen_random_uuid())`))).toMatchObject({
    code: 'not_found',
  })
})

test.each([
  ['English', 'update or delete on table "t" violates foreign key constraint "c_t_fkey" on table "c"', 'still_referenced'],
  ['English', 'insert or update on table "c" violates foreign key constraint "c_t_fkey"', 'not_found'],
  [
    'German',
    'Aktualisieren oder Löschen in Tabelle »t« verletzt Fremdschlüssel-Constraint »c_t_fkey« von Tabelle »c«',
    'still_referenced',
  ],
  ['German', 'Einfügen oder Aktualisieren in Tabelle »c« verletzt Fremdschlüssel-Constraint »c_t_fkey«', 'not_found'],
  [
    'French',
    'UPDATE ou DELETE sur la table « t » viole la contrainte de clé étrangère « c_t_fkey » de la table « c »',
    'still_referenced',
  ],
  [
    'French',
    'une instruction insert ou update sur la table « c » viole la contrainte de clé étrangère « c_t_fkey »',
    'not_found',
  ],
  ['Japanese', 'テーブル"t"の更新または削除は、テーブル"c"の外部キー制約"c_t_fkey"に違反します', 'still_referenced'],
  ['Japanese', 'テーブル"c"に対する挿入、更新は外部キー制約"c_t_fkey"に違反しています', 'not_found'],
])('the two ends of a reference are told apart by a server that speaks %s: %s', (_, message, code) => {
  const refused = Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code: '23503', constraint: 'c_t_fkey' })
  expect(problemOf(refused, { writes: true })).toMatchObject({ code })
})
