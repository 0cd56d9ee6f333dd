import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigurationError, readConfiguration } from './configuration.ts'
import { configurationReference, optionsHelp } from './reference.ts'

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(environment)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes
    throw error
  }
  return []
}

test('without anything said every option has its default, and the result is frozen', () => {
  const configuration = readConfiguration({ PATH: '/bin' })
  expect(configuration).toMatchObject({ baseDomain: 'localhost', port: 4400, trustedProxies: [], preparedStatements: true })
  expect(Object.isFrozen(configuration)).toBe(true)
})

test('a flag wins over the environment', () => {
  expect(readConfiguration({ PORT: '1' }, { port: '2' }).port).toBe(2)
})

test('every mistake is told at once, each by the name it was given under', () => {
  const mistakes = mistakesOf({ PORT: 'http', DATABASE_URL: 'mysql://x', TENANTRY_BASE_DOMIAN: 'example.com' })
  expect(mistakes).toHaveLength(3)
  expect(mistakes.join(' ')).toMatch(/TENANTRY_BASE_DOMIAN is not an option.*DATABASE_URL must.*PORT must/)
})

test('options that contradict each other refuse the start', () => {
  expect(mistakesOf({ TENANTRY_READ_CONNECTIONS: '16' })).toEqual(['the lanes add up to 31 connections; at most 20'])
  expect(mistakesOf({ TENANTRY_HEADERS_TIMEOUT: '60000' })).toHaveLength(1)
})

test.each(['*', '0.0.0.0/0', '::/0', 'proxy.internal'])('a proxy list that trusts %s is refused', (proxy) => {
  expect(mistakesOf({ TENANTRY_TRUSTED_PROXIES: `10.0.0.0/8,${proxy}` })).toHaveLength(1)
})

test('a password in an address is not part of the message that refuses it', () => {
  expect(mistakesOf({ DATABASE_URL: 'mysql://app:hunter2@db' }).join()).not.toContain('hunter2')
})

test('docs/configuration.md is what the table of options says', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
  expect(page).toBe(configurationReference())
  expect(optionsHelp()).toContain('--trusted-proxies')
})
