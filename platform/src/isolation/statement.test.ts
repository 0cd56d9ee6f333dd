import { expect, test } from 'vitest'
import { sql } from './statement.ts'

test('every value is bound, whatever it looks like', () => {
  expect(sql`select ${"'; drop table t; --"}, ${2}`).toMatchObject({ text: 'select $1, $2', values: ["'; drop table t; --", 2] })
})

test('fragments keep their values in order, however deep', () => {
  const inner = sql`b = ${2} and c = any(${[3]})`
  const { text, values } = sql`select 1 where a = ${1} and (${inner}) and d = ${4}`
  expect(text).toBe('select 1 where a = $1 and (b = $2 and c = any($3)) and d = $4')
  expect(values).toEqual([1, 2, [3], 4])
})

test('names are quoted, so that none is read as SQL', () => {
  expect(sql.identifier('bms.points', 'id').text).toBe('"bms"."points"."id"')
  expect(sql.identifier('a"; drop table t; --').text).toBe('"a""; drop table t; --"')
})

test('joined fragments stand side by side with their values', () => {
  expect(sql.join([sql`a = ${1}`, sql`b = ${2}`], ' and ')).toMatchObject({ text: 'a = $1 and b = $2', values: [1, 2] })
  expect(sql.join([])).toMatchObject({ text: '', values: [] })
})
