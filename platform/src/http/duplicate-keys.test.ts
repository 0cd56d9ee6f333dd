import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namesKeyTwice } from './duplicate-keys.ts'

const isTwice = (text: string) => namesKeyTwice(text, JSON.parse(text))

it.each([
  '{"a":1,"a":1}',
  '{"a":{"b":1,"b":2}}',
  '[{"a":1},{"a":1,"\\u0061":2}]',
  '{"a" \n:1,"b":2, "a"\t: 3}',
  '{"\\\\":1,"\\\\":2}',
  '{"x":"\\\\\\"","x":1}',
])('%s names a key twice', (text) => expect(isTwice(text)).toBe(true))

it.each(['{"a":1,"b":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"\\"a\\":1"}', '{"a":"b:c","b":"a:"}', '{"":"\\\\"}', '"a:"', '1'])(
  '%s does not',
  (text) => expect(isTwice(text)).toBe(false),
)

it('whatever is written by JSON.stringify does not', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (text, space) => !isTwice(JSON.stringify(JSON.parse(text), null, space))),
  )
})
