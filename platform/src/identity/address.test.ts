import { expect, test } from 'vitest'
import { canonicalAddress } from './address.ts'

test.each([
  [' Ada@Example.COM ', 'ada@example.com'],
  ['ａｄａ@example.com', 'ada@example.com'],
  ["o'brien+tag@mail.example.co.uk", "o'brien+tag@mail.example.co.uk"],
])('%s is one and the same however it is typed', (typed, stored) => {
  expect(canonicalAddress(typed)).toBe(stored)
})

test.each([
  ['a Cyrillic letter', 'аda@example.com'],
  ['a dotless i', 'adına@example.com'],
  ['a domain that looks alike', 'ada@exаmple.com'],
  ['no domain', 'ada@'],
  ['no dot', 'ada@localhost'],
  ['two addresses', 'ada@example.com,eve@example.com'],
  ['a name beside it', 'Ada <ada@example.com>'],
  ['a line break', 'ada@example.com\r\nbcc: eve@example.com'],
  ['a zero-width space', 'ada\u200b@example.com'],
  ['NUL', 'ada\0@example.com'],
  ['more than 254 characters', `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com`],
])('%s is no address', (_, typed) => {
  expect(() => canonicalAddress(typed)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})
