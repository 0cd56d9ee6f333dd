import { expect, test } from 'vitest'
import { absentLike, valueAt, withValueAt } from './ids.ts'

test('an absent id looks like the one it stands beside', () => {
  const id = '018f0000-0000-7000-8000-00000000000a'
  expect(absentLike(id)).toMatch(/^018f0000-0000-7000-8000-[0-9a-f]{12}$/)
  expect(absentLike(id)).not.toBe(id)
})

test('a pointer puts a value where there was none, and leaves the body as it was', () => {
  const body = { name: 'a' }
  expect(withValueAt(body, 'grants/0', 'x')).toEqual({ name: 'a', grants: ['x'] })
  expect(withValueAt(body, 'lines/0/articleId', 'x')).toEqual({ name: 'a', lines: [{ articleId: 'x' }] })
  expect(body).toEqual({ name: 'a' })
  expect(valueAt({ lines: [{ articleId: 'x' }] }, 'lines/0/articleId')).toBe('x')
  expect(valueAt(body, 'lines/0/articleId')).toBeUndefined()
})
