import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { etagOf, join, joinAs, type SignedInMember, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let admin: SignedInMember

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
  admin = await joinAs(node, north, 'admin')
})

const make = (permissions: readonly string[], name = 'Auditor') =>
  admin.call('POST', '/v1/roles', { body: { name, permissions } })

test('a role of the tenant itself says everything that its holder may, and what changes in it acts at once', async () => {
  const { body: role, status } = await make(['audit:read'])
  expect(status).toBe(201)
  const auditor = await join(node, north, { customRoleId: role.id })
  expect(auditor.member).toMatchObject({ role: 'viewer', customRoleId: role.id })
  expect((await auditor.call('GET', '/v1/audit')).status).not.toBe(403)
  expect((await auditor.call('GET', '/v1/members')).status).toBe(403)
  const path = `/v1/roles/${role.id}`
  const changed = await admin.call('PATCH', path, {
    body: { permissions: ['members:read'] },
    headers: await etagOf(admin, path),
  })
  expect(changed).toMatchObject({ status: 200, body: { permissions: ['members:read'], version: 2 } })
  expect((await auditor.call('GET', '/v1/members')).status).toBe(200)
})

test('permissions must exist; a name is taken once; a change is of the version that was read', async () => {
  expect(await make(['audit:read', 'nothing:write'])).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '/permissions/1' }] },
  })
  const { body: role } = await make(['audit:read'])
  expect(await make(['audit:read'])).toMatchObject({ status: 409, body: { code: 'conflict' } })
  const stale = { body: { name: 'Other' }, headers: { 'if-match': '"v7"' } }
  expect(await admin.call('PATCH', `/v1/roles/${role.id}`, stale)).toMatchObject({ status: 412 })
  const south = await tenantWithKey(node)
  const stranger = await joinAs(node, south, 'owner')
  expect(await stranger.call('GET', `/v1/roles/${role.id}`)).toMatchObject({ status: 404 })
  const foreign = await stranger.call('POST', '/v1/invitations', { body: { email: 'a@example.com', customRoleId: role.id } })
  expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('[FIN-3] nobody puts into a role, or gives by one, what he does not have himself', async () => {
  const { body: helpers } = await make(['members:read', 'members:write', 'roles:read'], 'Helper')
  const { body: keepers } = await make(['keys:write', 'members:read'], 'Keeper')
  const helper = await join(node, north, { customRoleId: helpers.id })
  const viewer = await joinAs(node, north, 'viewer')
  const path = `/v1/members/${viewer.member.id}`
  const give = async (body: object) => helper.call('PATCH', path, { body, headers: await etagOf(helper, path) })
  expect(await give({ customRoleId: keepers.id })).toMatchObject({ status: 403, body: { permission: 'keys:write' } })
  expect(await give({ role: 'manager' })).toMatchObject({ status: 403 })
  expect(await helper.call('POST', '/v1/roles', { body: { name: 'Mine', permissions: [] } })).toMatchObject({ status: 403 })
  const key = await admin.call('POST', '/v1/keys', { body: { name: 'roles', permissions: ['roles:write', 'roles:read'] } })
  const byKey = (permissions: string[]) =>
    node.call('POST', '/v1/roles', { host: north.host, key: key.body.credential, body: { name: 'By key', permissions } })
  expect(await byKey(['audit:read'])).toMatchObject({ status: 403, body: { permission: 'audit:read' } })
  expect(await byKey(['roles:read'])).toMatchObject({ status: 201 })
})

test('[FIN-3] a member whose role of the tenant itself allows more is not touched by one who may less', async () => {
  const { body: helpers } = await make(['members:read', 'members:write'], 'Helper')
  const { body: keepers } = await make(['keys:write', 'members:read'], 'Keeper')
  const helper = await join(node, north, { customRoleId: helpers.id })
  const keeper = await join(node, north, { customRoleId: keepers.id })
  expect(await helper.call('DELETE', `/v1/members/${keeper.member.id}`)).toMatchObject({
    status: 403,
    body: { permission: 'keys:write' },
  })
})
