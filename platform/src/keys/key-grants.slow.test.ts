import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinAs, startPeopleNode } from '../members/people.test-support.ts'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database)
  north = await tenantWithKey(node, { tier: 'large' })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

test('what a key reaches is said after it was made, too: by nobody who may less, of nothing that is not the tenant’s', async () => {
  const admin = await joinAs(node, north, 'admin')
  const manager = await joinAs(node, north, 'manager')
  const { body: key } = await admin.call('POST', '/v1/keys', {
    body: { name: 'limited', permissions: ['tenant:read'], reach: 'granted' },
  })
  const path = `/v1/keys/${key.id}/grants`
  const set = (grants: readonly string[], who = admin) => who.call('PUT', path, { body: { grants } })
  expect(await set([])).toMatchObject({ status: 200, body: { grants: [] } })
  expect(await set(['018f0000-0000-7000-8000-0000000000ff'])).toMatchObject({ status: 404 })
  expect(await set([], manager)).toMatchObject({ status: 403 })
  const whole = await admin.call('POST', '/v1/keys', { body: { name: 'whole', permissions: ['tenant:read'] } })
  expect(await admin.call('PUT', `/v1/keys/${whole.body.id}/grants`, { body: { grants: [key.id] } })).toMatchObject({
    status: 400,
  })
  await admin.call('DELETE', `/v1/keys/${key.id}`)
  expect(await set([])).toMatchObject({ status: 409 })
  expect((await admin.call('GET', path)).body).toEqual({ grants: [] })
})
