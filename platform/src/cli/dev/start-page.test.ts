import { expect, test } from 'vitest'
import type { OptionName } from '../../configuration/configuration.ts'
import { type Configuration, readConfiguration } from '../../configuration/configuration.ts'
import { startPage } from './start-page.ts'

const pageWith = (environment: Record<string, string>, given: readonly OptionName[] = []) => {
  const configuration: Configuration = readConfiguration(environment)
  return startPage({ configuration, given: new Set(given) })
}

test('on an embedded database, with nothing configured, there is a start page, with nobody on it before the demo is made', () => {
  expect(pageWith({})?.people()).toEqual([])
})

test.each([
  ['a database that is not embedded', { DATABASE_URL: 'postgres://shop_app@db/shop' }, []],
  ['an owner of such a database', { TENANTRY_ADMIN_URL: 'postgres://shop_owner@db/shop' }, []],
  ['a proxy', { TENANTRY_TRUSTED_PROXIES: '127.0.0.1' }, []],
  ['a base domain', { TENANTRY_BASE_DOMAIN: 'example.com', TENANTRY_PUBLIC_SCHEME: 'https' }, ['baseDomain']],
  ['a base domain, be it the usual one', { TENANTRY_BASE_DOMAIN: 'localhost' }, ['baseDomain']],
  ['a public scheme', { TENANTRY_PUBLIC_SCHEME: 'https' }, []],
  ['a listener that others reach', { TENANTRY_HOST: '0.0.0.0' }, []],
  ['a listener of another address of this machine', { TENANTRY_HOST: '::1' }, []],
  ['no demo', { TENANTRY_EMPTY: 'true' }, []],
] as const)('with %s there is none', (_what, environment, given) => {
  expect(pageWith(environment, given)).toBeUndefined()
})
