import { expect, test } from 'vitest'
import { canonicalRange, isWithin, mistakeInRange } from './address-range.ts'

test.each([
  ['203.0.113.0/24', '203.0.113.0/24'],
  ['203.0.113.7', '203.0.113.7/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['::1', '::1/128'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['::ffff:10.1.2.3', '10.1.2.3/32'],
  ['::ffff:a01:203/128', '10.1.2.3/32'],
])('[FIN-6] %s is a range, and told as %s', (text, canonical) => {
  expect(canonicalRange(text)).toBe(canonical)
  expect(mistakeInRange(text)).toBeUndefined()
})

test.each([
  '',
  'office',
  '10.0.0/8',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.256',
  '010.0.0.1',
  '0x0a.0.0.1',
  '10.0.0.1/8',
  '::ffff:10.0.0.0/8',
  '2001:db8::1/32',
  '2001:db8::/129',
  'fe80::1%eth0',
  '10.0.0.0 /8',
  '10.0.0.0/8/8',
  '10.0.0.0/8,11.0.0.0/8',
  '3232235777',
])('[FIN-6] a slip of the pen is no range: %j', (text) => {
  expect(canonicalRange(text)).toBeUndefined()
  expect(mistakeInRange(text)).toMatch(/Must be|at most|within a range/)
})

test('[FIN-6] an address within a range is told which range that would be', () => {
  expect(mistakeInRange('10.1.2.3/8')).toContain('10.0.0.0/8')
})

test('[FIN-6] an address is within a range of its own family, whichever way it is written', () => {
  const ranges = ['10.0.0.0/8', '2001:db8::/32']
  expect(isWithin(ranges, '10.255.0.1')).toBe(true)
  expect(isWithin(ranges, '::ffff:10.255.0.1')).toBe(true)
  expect(isWithin(ranges, '11.0.0.1')).toBe(false)
  expect(isWithin(ranges, '2001:db8:7::1')).toBe(true)
  expect(isWithin(ranges, '2001:db9::1')).toBe(false)
  expect(isWithin(['::/0'], '10.0.0.1')).toBe(false)
  expect(isWithin(ranges, 'nonsense')).toBe(false)
  expect(isWithin([], '10.0.0.1')).toBe(false)
})
