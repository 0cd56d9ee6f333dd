import { expect, test } from 'vitest'
import { claimableHost } from './claimable-host.ts'

test.each([
  ['Cloud.Client.CO.UK.', 'cloud.client.co.uk'],
  ['bücher.de', 'xn--bcher-kva.de'],
  [' client.com ', 'client.com'],
])('[BMS-7] %s is claimed as %s', (text, host) => {
  expect(claimableHost(text, 'tenantry.app')).toBe(host)
})

test.each([
  '192.0.2.1',
  '[::1]',
  '::1',
  '*.client.com',
  'client',
  'co.uk',
  'com',
  'github.io',
  'tenantry.app',
  'north.tenantry.app',
  'printer.local',
  'app.localhost',
  'a..client.com',
  '-a.client.com',
  'https://client.com',
  'client.com/path',
  'client.com:8443',
  'a b.com',
  `${'a'.repeat(64)}.com`,
  `${'a.'.repeat(130)}com`,
  '',
])('[BMS-7] %j cannot be claimed', (text) => {
  expect(() => claimableHost(text, 'tenantry.app')).toThrow(expect.objectContaining({ code: 'domain_refused' }))
})
