import { expect, test } from 'vitest'
import { nextPath } from './next-path.ts'

const origin = 'https://northwind.example.com'
const next = (wanted: string) => nextPath(`?next=${encodeURIComponent(wanted)}`, origin)

test('a path of the host is where one goes after signing in, with its query and fragment', () => {
  expect(next('/members?role=viewer#top')).toBe('/members?role=viewer#top')
  expect(next(`/a/../b`)).toBe('/b')
})

test.each([
  'https://evil.example/',
  'https://northwind.example.com.evil.example/',
  '//evil.example/',
  '///evil.example/',
  '/\\evil.example/',
  '\\/evil.example/',
  '/\t/evil.example/',
  '/\n/evil.example/',
  'javascript:alert(1)',
  'data:text/html,x',
  'members',
  '',
  '/sign-in',
  '/hand-off#token=x',
])('%j is no place to go to', (wanted) => {
  expect(next(wanted)).toBe('/')
})

test('without a wish it is the first page', () => {
  expect(nextPath('', origin)).toBe('/')
})
