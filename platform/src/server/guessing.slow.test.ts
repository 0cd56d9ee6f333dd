import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mintKey } from '../keys/key-format.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { databaseWithSystems, startNode, type TestNode, type TestTenant, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode
let tenant: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database, { addressRate: 5, lookUpRate: 5 })
  tenant = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test.each([
  ['keys', () => node.call('GET', '/v1/shelf/racks', { key: mintKey('tenant').credential })],
  ['hosts', () => node.call('GET', '/v1/shelf/racks', { host: `g${randomBytes(6).toString('hex')}.localhost` })],
])(
  'whoever guesses %s has the database asked a bounded number of times a second, and shuts nobody out who is known',
  async (_, guess) => {
    const own = { host: tenant.host, key: tenant.key }
    expect((await node.call('GET', '/v1/shelf/racks', own)).status).toBe(200)
    const asked = vi.spyOn(node.tenantry.directory.pool, 'query')
    try {
      const answers = await Promise.all(Array.from({ length: 200 }, guess))
      expect(answers.map(({ status }) => status)).toContain(429)
      expect(asked.mock.calls.length).toBeLessThan(160)
    } finally {
      asked.mockRestore()
    }
    expect((await node.call('GET', '/v1/shelf/racks', own)).status).toBe(200)
  },
)

test('the addresses of one IPv6 network take from one bucket, and its neighbours have their own', async () => {
  const behindProxy = await startNode(database, { addressRate: 5, lookUpRate: 5, trustedProxies: ['127.0.0.1'] })
  try {
    const from = async (address: string) =>
      (await behindProxy.call('GET', '/v1/shelf/racks', { headers: { 'x-forwarded-for': address } })).status
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => from(`2001:db8:1:2::${n}`)))
    expect(statuses).toContain(429)
    expect(await from('2001:db8:1:3::1')).toBe(401)
  } finally {
    await behindProxy.tenantry.close()
  }
})
