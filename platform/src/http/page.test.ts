import { expect, it } from 'vitest'
import { z } from 'zod'
import { idPosition, makePage, pageQuery, readCursor } from './page.ts'

const Place = z.object({ values: z.tuple([z.iso.date()]), id: z.string() })
const rows = [1, 2, 3].map((n) => ({ id: `id${n}`, at: `2026-01-0${n}` }))
const page = (limit: number, query = {}) => makePage(rows, limit, query, (row) => ({ values: [row.at], id: row.id }))

it('a cursor leads to where the page ended', () => {
  const first = page(2, { state: 'open', search: undefined })
  expect(first.items.map((row) => row.id)).toEqual(['id1', 'id2'])
  expect(readCursor(first.nextCursor ?? '', { state: 'open', limit: 3 }, Place)).toEqual({ values: ['2026-01-02'], id: 'id2' })
})

it('the last page has no cursor', () => {
  expect(page(3).nextCursor).toBeNull()
})

it('a cursor of another query, or of no query, is refused', () => {
  const cursor = page(1, { state: 'open' }).nextCursor ?? ''
  const refused = { code: 'invalid_cursor' }
  expect(() => readCursor(cursor, { state: 'closed' }, Place)).toThrow(expect.objectContaining(refused))
  for (const made of ['x', '{}', Buffer.from('null').toString('base64url'), Buffer.from('{"query":1}').toString('base64url')]) {
    expect(() => readCursor(made, {}, Place)).toThrow(expect.objectContaining(refused))
  }
})

it('a cursor whose position has another form than the list gives out is refused', () => {
  for (const [values, id] of [
    [[], "'; drop table tenants"],
    [['2026-01-01'], '01a1fdc1-6b67-7371-8cac-7af46b01903a'],
  ] as const) {
    const cursor = makePage(rows, 1, {}, () => ({ values, id })).nextCursor ?? ''
    expect(() => readCursor(cursor, {}, idPosition)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }))
  }
})

it('a limit is 1 to 200, 50 unless told', () => {
  const Query = z.strictObject(pageQuery)
  expect(Query.parse({})).toEqual({ limit: 50 })
  expect(Query.parse({ limit: '200' }).limit).toBe(200)
  for (const limit of ['0', '201', '', ' 5', '1e1', '0x5', '-1']) expect(Query.safeParse({ limit }).success).toBe(false)
})
