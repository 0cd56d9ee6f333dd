import { expect, test } from 'vitest'
import { makeMasterKey, readMasterKeys, secretBoxOf } from './master-keys.ts'
import { SecretUnreadable } from './secret-box.ts'

const first = makeMasterKey(1)
const second = makeMasterKey(2)
const box = secretBoxOf([first])
const place = ['tenant', 'table', 'column', 'row'] as const
const secret = Buffer.from('the password of the building')

test('a sealed secret opens in its place only', () => {
  const sealed = box.seal('connector', place, secret)
  expect(box.open('connector', place, sealed).equals(secret)).toBe(true)
  expect(sealed.includes(secret)).toBe(false)
  expect(() => box.open('connector', ['tenant', 'table', 'column', 'another'], sealed)).toThrow(SecretUnreadable)
  expect(() => box.open('connector', ['tenant', 'table', 'columnrow'], sealed)).toThrow(SecretUnreadable)
  expect(() => box.open('mail', place, sealed)).toThrow(SecretUnreadable)
})

test('no changed or shortened byte goes unnoticed', () => {
  const sealed = box.seal('connector', place, secret)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect(() => box.open('connector', place, changed)).toThrow(SecretUnreadable)
    expect(() => box.open('connector', place, sealed.subarray(0, at))).toThrow(SecretUnreadable)
  }
})

test('the same secret is never sealed alike twice', () => {
  expect(box.seal('mail', place, secret).equals(box.seal('mail', place, secret))).toBe(false)
})

test('after a rotation the newest key seals and the older ones still open', () => {
  const rotated = secretBoxOf([second, first])
  expect(rotated.open('mail', place, box.seal('mail', place, secret)).equals(secret)).toBe(true)
  expect(rotated.isCode('refresh', 'family 1', box.code('refresh', 'family 1'))).toBe(true)
  expect(() => box.open('mail', place, rotated.seal('mail', place, secret))).toThrow('not configured')
})

test('a code is good for its purpose and message only', () => {
  const code = box.code('refresh', 'family 1')
  expect(box.isCode('refresh', 'family 1', code)).toBe(true)
  expect(box.isCode('refresh', 'family 2', code)).toBe(false)
  expect(box.isCode('hand-off', 'family 1', code)).toBe(false)
  expect(box.isCode('refresh', 'family 1', code.subarray(1))).toBe(false)
})

test.each(['', 'x', '0:', `256:${first.slice(2)}`, `1:${first.slice(4)}`])('"%s" is no master key', (item) => {
  expect(() => readMasterKeys([item])).toThrow('TENANTRY_MASTER_KEYS')
})

test('two keys of one version are refused, and without any key nothing is sealed', () => {
  expect(() => readMasterKeys([makeMasterKey(3), makeMasterKey(3)])).toThrow('two keys of one version')
  expect(() => secretBoxOf([]).seal('mail', place, secret)).toThrow('No master key is configured')
})
