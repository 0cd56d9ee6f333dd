import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityNode, makeMember, newPerson, password, signIn } from '../identity/identity.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await identityNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const analytics = async ({ key }: TestTenant) => (await node.call('GET', '/v1/analytics', { host: 'api.localhost', key })).body

test('[SEC-7] a sign-in counts in the tenant that it was into, and one that failed does not', async () => {
  const [north, south] = [await tenantWithKey(node), await tenantWithKey(node)]
  const { email, ...person } = await newPerson(node)
  for (const tenant of [north, south]) await makeMember(node, tenant, { email, ...person })
  expect((await signIn(node, north.host, { email, password })).status).toBe(200)
  expect((await signIn(node, north.host, { email, password, as: 'program' })).status).toBe(200)
  expect((await signIn(node, south.host, { email, password: 'not the right one' })).status).toBe(401)
  expect(await analytics(north)).toMatchObject({ users: 1, signIns30d: 2 })
  expect(await analytics(south)).toMatchObject({ users: 1, signIns30d: 0 })
})
