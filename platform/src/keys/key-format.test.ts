import { expect, test } from 'vitest'
import { hashOf, keyPrefixes, mintKey, parseKey } from './key-format.ts'

test('a new key names its kind and public id, and only its hash need be kept', () => {
  const key = mintKey('tenant')
  expect(key.credential).toMatch(/^tnk_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}$/)
  expect(parseKey(key.credential)).toEqual({ kind: 'tenant', publicId: key.publicId })
  expect(hashOf(key.credential)).toEqual(key.hash)
})

test("an operator's key can be told from a tenant's by its first letters", () => {
  expect(keyPrefixes.operator).not.toBe(keyPrefixes.tenant)
  expect(parseKey(mintKey('operator').credential)?.kind).toBe('operator')
})

test('one wrong character anywhere is noticed without a look-up', () => {
  const { credential } = mintKey('tenant')
  for (let index = 0; index < credential.length; index += 1) {
    const wrong = credential[index] === 'x' ? 'y' : 'x'
    expect(parseKey(credential.slice(0, index) + wrong + credential.slice(index + 1))).toBeUndefined()
  }
})

test.each(['', 'tnk', 'tnk__', 'Bearer x', `tnk_${'é'.repeat(16)}_${'a'.repeat(49)}`, `${mintKey('tenant').credential}\n`])(
  'what is no key (%j) is no key',
  (text) => {
    expect(parseKey(text)).toBeUndefined()
  },
)

test('ten thousand keys are ten thousand different ones', () => {
  expect(new Set(Array.from({ length: 10_000 }, () => mintKey('tenant').publicId)).size).toBe(10_000)
})
