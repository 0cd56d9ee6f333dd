import { expect, test } from 'vitest'
import { difference } from './same-answer.ts'

const answer = (text: string, headers: Record<string, string> = {}, status = 404) => ({ status, headers, text })

test('two answers that differ in what belongs to the moment are the same', () => {
  const one = answer('{"code":"not_found"}', { date: 'Mon', 'x-request-id': 'a', ratelimit: '"requests";r=9' })
  const two = answer('{"code":"not_found"}', { date: 'Tue', 'x-request-id': 'b', ratelimit: '"requests";r=8' })
  expect(difference(one, two, [], [])).toBeUndefined()
})

test.each([
  ['status', answer('', {}, 403), answer('', {}, 404), 'status 403 and 404'],
  ['a header', answer('', { etag: '"v1"' }), answer(''), 'header etag: ""v1"" and ""'],
  ['a header that only one has', answer(''), answer('', { 'x-cache': 'hit' }), 'header x-cache: "" and "hit"'],
  [
    'one character of the body',
    answer('There is nothing here.'),
    answer('There is nothing here'),
    'body from character 21 on: "." and ""',
  ],
])('%s tells them apart', (_, one, two, told) => {
  expect(difference(one, two, [], [])).toBe(told)
})

test('what the caller himself sent may be repeated to him, and nothing else', () => {
  expect(difference(answer('no building 1'), answer('no building 2'), ['1'], ['2'])).toBeUndefined()
  expect(difference(answer('no building 1 of North'), answer('no building 2'), ['1'], ['2'])).toBeDefined()
})
