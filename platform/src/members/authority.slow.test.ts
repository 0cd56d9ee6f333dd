import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { databaseWithSystems, type TestNode, type TestTenant, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { etagOf, join, joinAs, newAddress, password, type SignedInMember, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let owner: SignedInMember

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database, { addressRate: 10_000 })
})
afterAll(async () => {
  await node.tenantry.close()
  await database.drop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
  owner = await joinAs(node, north, 'owner')
})

async function keyOf(maker: SignedInMember, permissions: readonly string[]) {
  const made = await maker.call('POST', '/v1/keys', { body: { name: permissions[0], permissions } })
  const call = () => node.call('GET', '/v1/tenants/current', { host: north.host, key: made.body.credential })
  return { id: made.body.id as string, works: async () => (await call()).status === 200 }
}

async function demote({ member }: SignedInMember, keys = '') {
  const path = `/v1/members/${member.id}`
  return owner.call('PATCH', `${path}${keys}`, { body: { role: 'manager' }, headers: await etagOf(owner, path) })
}

test('[FIN-3] whoever is made less keeps no keys that may more than he, unless somebody says so', async () => {
  const admin = await joinAs(node, north, 'admin')
  const small = await keyOf(admin, ['tenant:read'])
  const large = await keyOf(admin, ['roles:write', 'tenant:read'])
  expect(await demote(admin)).toMatchObject({
    status: 409,
    body: { code: 'member_has_keys', keys: [{ id: large.id, name: 'roles:write' }] },
  })
  expect((await demote(admin, '?keys=revoke')).body).toMatchObject({ role: 'manager' })
  expect([await small.works(), await large.works()]).toEqual([true, false])

  const other = await joinAs(node, north, 'admin')
  const kept = await keyOf(other, ['roles:write', 'tenant:read'])
  expect((await demote(other, '?keys=keep')).status).toBe(200)
  expect(await kept.works()).toBe(true)
})

test('[FIN-3] a key made by the key of somebody who goes is his, too', async () => {
  const admin = await joinAs(node, north, 'admin')
  const body = { name: 'first', permissions: ['keys:write', 'tenant:read'] }
  const first = (await admin.call('POST', '/v1/keys', { body })).body
  const second = await node.call('POST', '/v1/keys', {
    host: north.host,
    key: first.credential,
    body: { ...body, name: 'second' },
  })
  await owner.call('DELETE', `/v1/keys/${first.id}`)
  const path = `/v1/members/${admin.member.id}`
  expect(await owner.call('DELETE', path)).toMatchObject({
    status: 409,
    body: { keys: [{ id: second.body.id, name: 'second' }] },
  })
  expect((await owner.call('DELETE', `${path}?keys=revoke`)).status).toBe(204)
  const late = await node.call('GET', '/v1/tenants/current', { host: north.host, key: second.body.credential })
  expect(late.status).toBe(401)
})

test('[FIN-3] who is no member any more, or less than a moment ago, makes no key by what a node still thinks of him', async () => {
  const { services, scope } = node.tenantry
  const makeKey = ({ member }: SignedInMember) =>
    services.keys.create(
      scope({ tenantId: north.tenant.id, actor: { kind: 'member', id: member.id } }),
      { name: 'late', permissions: ['keys:write', 'tenant:read'] },
      { permissions: new Set(['keys:write', 'tenant:read']), reach: 'all', role: 'admin' },
    )
  const [gone, demoted] = [await joinAs(node, north, 'admin'), await joinAs(node, north, 'admin')]
  await owner.call('DELETE', `/v1/members/${gone.member.id}`)
  expect((await demote(demoted)).status).toBe(200)
  await expect(makeKey(gone)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(makeKey(demoted)).rejects.toMatchObject({ code: 'forbidden' })
})

test('[FIN-3] who is limited to some objects gives nobody more in the whole tenant by way of a role', async () => {
  const role = (await owner.call('POST', '/v1/roles', { body: { name: 'Reader', permissions: ['members:read'] } })).body
  const limited = await join(node, north, { role: 'admin', reach: 'granted', grants: [await rack('his own')] })
  const path = `/v1/roles/${role.id}`
  const change = { body: { permissions: ['members:read', 'audit:read'] }, headers: await etagOf(owner, path) }
  expect(await limited.call('PATCH', path, change)).toMatchObject({ status: 403, body: { permission: 'reach:all' } })
  expect(await limited.call('DELETE', path)).toMatchObject({ status: 403, body: { permission: 'reach:all' } })
  expect((await owner.call('GET', path)).body.permissions).toEqual(['members:read'])
})

async function rack(name: string): Promise<string> {
  const { body } = await node.call('POST', '/v1/shelf/racks', { host: north.host, key: north.key, body: { name } })
  return body.id
}

test('[FIN-3] an invitation gives no object that who invited has lost meanwhile', async () => {
  const [stays, lost] = [await rack('stays'), await rack('lost')]
  const manager = await join(node, north, { role: 'manager', reach: 'granted', grants: [stays, lost] })
  const email = newAddress('bo').replace('example.com', 'people.invalid')
  const body = { email, role: 'user', reach: 'granted', grants: [stays, lost] }
  expect((await manager.call('POST', '/v1/invitations', { body })).status).toBe(201)
  const token = node.tenantry.services.mail.unreachable.take(email)?.action?.url.split('#token=')[1]

  const path = `/v1/members/${manager.member.id}`
  await owner.call('PATCH', path, { body: { grants: [stays] }, headers: await etagOf(owner, path) })
  const joined = await node.call('POST', '/v1/invitations/join', { host: north.host, body: { token, name: 'Bo', password } })
  expect(joined).toMatchObject({ status: 201, body: { member: { reach: 'granted', grants: [stays] } } })
})

test('[IIOT-4] taking an invitation back and making it anew is no way to flood somebody with mail', async () => {
  const email = newAddress('bo').replace('example.com', 'people.invalid')
  const statuses: number[] = []
  for (let round = 0; round < 7; round++) {
    const { status, body } = await owner.call('POST', '/v1/invitations', { body: { email } })
    statuses.push(status)
    if (status === 201) await owner.call('DELETE', `/v1/invitations/${body.id}`)
  }
  expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429])
  expect((await owner.call('POST', '/v1/invitations', { body: { email: newAddress() } })).status).toBe(201)
})
