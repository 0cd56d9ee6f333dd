import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import {
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { etagOf, join, joinAs, newAddress, type SignedInMember, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant

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
})

const scopeAs = ({ member }: SignedInMember) =>
  node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'member', id: member.id } })
const system = () =>
  node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } })

async function patch(who: SignedInMember, whom: SignedInMember, body: unknown) {
  const path = `/v1/members/${whom.member.id}`
  return who.call('PATCH', path, { body, headers: await etagOf(who, path) })
}

test('[FIN-3] a role has what the roles below it have; no role named means viewer, who only reads the tenant', async () => {
  const admin = await joinAs(node, north, 'admin')
  const nobody = await join(node, north)
  expect(nobody.member).toMatchObject({ role: 'viewer', tenantAdmin: false, customRoleId: null, reach: 'all' })
  expect((await nobody.call('GET', '/v1/tenants/current')).status).toBe(200)
  expect((await nobody.call('GET', '/v1/members')).body).toMatchObject({ code: 'forbidden', permission: 'members:read' })
  const { body } = await admin.call('GET', '/v1/roles')
  const permissions = body.builtIn.map((role: { permissions: string[] }) => new Set(role.permissions)) as Set<string>[]
  expect(body.builtIn.map(({ name }: { name: string }) => name)).toEqual(['owner', 'admin', 'manager', 'user', 'viewer'])
  for (const [index, lower] of permissions.slice(1).entries()) {
    expect([...lower].filter((each) => !permissions[index]?.has(each))).toEqual([])
  }
  expect([...(permissions[2] ?? [])]).toEqual(expect.arrayContaining(['members:read', 'members:write', 'roles:read']))
  expect([...(permissions[3] ?? [])]).not.toContain('members:write')
})

test('[FIN-3] a manager cannot make an admin, touch one, or raise himself; users and viewers he may change', async () => {
  const [admin, manager, user] = [
    await joinAs(node, north, 'admin'),
    await joinAs(node, north, 'manager'),
    await joinAs(node, north, 'user'),
  ]
  expect(await patch(manager, user, { role: 'admin' })).toMatchObject({ status: 403, body: { code: 'forbidden', role: 'admin' } })
  expect(await patch(manager, admin, { role: 'viewer' })).toMatchObject({ status: 403, body: { role: 'admin' } })
  expect(await patch(manager, manager, { role: 'owner' })).toMatchObject({ status: 403, body: { role: 'owner' } })
  expect(await manager.call('DELETE', `/v1/members/${admin.member.id}`)).toMatchObject({ status: 403 })
  expect(await patch(manager, user, { role: 'manager' })).toMatchObject({ status: 200, body: { role: 'manager', version: 2 } })
  expect(await patch(user, manager, { role: 'viewer' })).toMatchObject({ status: 200, body: { role: 'viewer' } })
  expect((await manager.call('GET', '/v1/members')).body).toMatchObject({ code: 'forbidden' })
  expect(await patch(admin, admin, { role: 'owner' })).toMatchObject({ status: 403 })
})

test('[FIN-3] the last owner can neither leave, be removed, nor be demoted; the second one can', async () => {
  const owner = await joinAs(node, north, 'owner')
  expect(await owner.call('POST', '/v1/members/leave')).toMatchObject({ status: 409, body: { code: 'last_owner' } })
  expect(await owner.call('DELETE', `/v1/members/${owner.member.id}`)).toMatchObject({ body: { code: 'last_owner' } })
  expect(await patch(owner, owner, { role: 'viewer' })).toMatchObject({ status: 409, body: { code: 'last_owner' } })
  const headers = { 'tenantry-reason': 'asked by phone' }
  const path = `/v1/tenants/${north.tenant.id}/members/${owner.member.id}`
  const key = await operatorKey(node)
  expect(await node.call('DELETE', path, { host: 'dashboard.localhost', key, headers })).toMatchObject({
    body: { code: 'last_owner' },
  })
  const bare = system().run(sql`delete from tenantry.members where id = ${owner.member.id}`)
  await expect(bare).rejects.toMatchObject({ code: 'last_owner' })
  const second = await joinAs(node, north, 'owner')
  expect(await owner.call('POST', '/v1/members/leave')).toMatchObject({ status: 200, body: { left: { id: north.tenant.id } } })
  expect(await second.call('GET', '/v1/members')).toMatchObject({ body: { items: [{ id: second.member.id }] } })
})

test('[FIN-3] of two owners who remove each other at one moment, 200 times, exactly one stays', async () => {
  for (let round = 0; round < 200; round++) {
    const add = (name: string) =>
      node.tenantry.services.members.add(system(), { email: newAddress(name), name, role: 'owner' }).then((member) => member.id)
    const survivors = await system().run(sql<{ id: string }>`select id from tenantry.members where role = 'owner'`)
    const one = survivors[0]?.id ?? (await add('one'))
    const other = await add('other')
    const remove = (actor: string, whom: string) =>
      node.tenantry.services.members.remove(
        node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'member', id: actor } }),
        whom,
        undefined,
      )
    const results = await Promise.allSettled([remove(one, other), remove(other, one)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await system().run(sql`select id from tenantry.members where role = 'owner'`)).toHaveLength(1)
  }
}, 240_000)

test('the database itself keeps the last owner when two deletions that know nothing of each other meet', async () => {
  const [one, other] = [await joinAs(node, north, 'owner'), await joinAs(node, north, 'owner')]
  const results = await Promise.allSettled(
    [one, other].map(({ member }) => system().run(sql`delete from tenantry.members where id = ${member.id}`)),
  )
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await system().run(sql`select id from tenantry.members`)).toHaveLength(1)
})

test('an admin who is demoted at the moment in which he makes others admin does not make one more afterwards', async () => {
  const owner = await joinAs(node, north, 'owner')
  const admin = await joinAs(node, north, 'admin')
  const users = await Promise.all(Array.from({ length: 5 }, () => joinAs(node, north, 'user')))
  const { members } = node.tenantry.services
  const demotion = members.change(scopeAs(owner), admin.member.id, { role: 'viewer' }, undefined)
  await Promise.allSettled(users.map(({ member }) => members.change(scopeAs(admin), member.id, { role: 'admin' }, undefined)))
  await demotion
  // By the order of their commits, which the lock makes: nothing that the admin did comes after his own demotion.
  const order = await system().run(sql<{ objectId: string }>`select object_id from tenantry.events
    where type = 'platform.member.role_changed' order by xid, id`)
  expect(order.at(-1)?.objectId).toBe(admin.member.id)
  await expect(members.change(scopeAs(admin), users[0]?.member.id ?? '', { role: 'admin' }, undefined)).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('a removed member is out at once: access token, refresh token, grants; and the tenant hears of it', async () => {
  const owner = await joinAs(node, north, 'owner')
  const gone = await joinAs(node, north, 'manager')
  expect((await gone.call('GET', '/v1/members')).status).toBe(200)
  expect((await owner.call('DELETE', `/v1/members/${gone.member.id}`)).status).toBe(204)
  expect((await gone.call('GET', '/v1/members')).status).toBe(401)
  const refresh = await node.call('POST', '/v1/token/refresh', { host: north.host, body: { refreshToken: gone.refreshToken } })
  expect(refresh.status).toBe(401)
  const told = await system().run(
    sql<{ type: string }>`select type from tenantry.events where object_id = ${gone.member.id} order by id`,
  )
  expect(told.map(({ type }) => type)).toEqual(['platform.member.joined', 'platform.member.left'])
  const absent = await owner.call('DELETE', `/v1/members/${gone.member.id}`)
  expect(absent).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('keys that a member made outlive him only if somebody says so', async () => {
  const owner = await joinAs(node, north, 'owner')
  const makes = async () => {
    const maker = await joinAs(node, north, 'admin')
    const made = await maker.call('POST', '/v1/keys', { body: { name: 'gateway', permissions: ['tenant:read'] } })
    return {
      maker,
      keyId: made.body.id as string,
      works: async () => (await node.call('GET', '/v1/tenants/current', { host: north.host, key: made.body.credential })).status,
    }
  }
  const first = await makes()
  const path = `/v1/members/${first.maker.member.id}`
  expect(await owner.call('DELETE', path)).toMatchObject({
    status: 409,
    body: { code: 'member_has_keys', keys: [{ id: first.keyId, name: 'gateway' }] },
  })
  expect(await first.works()).toBe(200)
  expect((await owner.call('DELETE', `${path}?keys=revoke`)).status).toBe(204)
  expect(await first.works()).toBe(401)
  const second = await makes()
  expect((await owner.call('DELETE', `/v1/members/${second.maker.member.id}?keys=keep`)).status).toBe(204)
  expect(await second.works()).toBe(200)
})

test('members are found by words of name and address, by role, and page by page', async () => {
  const owner = await joinAs(node, north, 'owner')
  const bo = await join(node, north, { email: newAddress('bohumil'), role: 'user' })
  await Promise.all(Array.from({ length: 4 }, () => joinAs(node, north, 'viewer')))
  const ids = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id)
  expect(ids(await owner.call('GET', '/v1/members?search=BOHU'))).toEqual([bo.member.id])
  expect(ids(await owner.call('GET', '/v1/members?role=user'))).toEqual([bo.member.id])
  const all = ids(await owner.call('GET', '/v1/members'))
  const paged: string[] = []
  for (let cursor = ''; ; ) {
    const { body } = await owner.call('GET', `/v1/members?limit=2${cursor}`)
    paged.push(...body.items.map(({ id }: { id: string }) => id))
    if (body.nextCursor === null) break
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
  }
  expect(paged).toEqual(all)
  expect(all).toHaveLength(6)
})

test('a key is judged by its permissions, and can neither make an owner nor touch one', async () => {
  const owner = await joinAs(node, north, 'owner')
  const user = await joinAs(node, north, 'user')
  const path = `/v1/members/${user.member.id}`
  const { headers } = await owner.call('GET', path)
  const asKey = (body: unknown, key = north.key) =>
    node.call('PATCH', path, { host: north.host, key, body, headers: { 'if-match': String(headers.etag) } })
  expect(await asKey({ role: 'owner' })).toMatchObject({ status: 403, body: { role: 'owner' } })
  expect(await node.call('DELETE', `/v1/members/${owner.member.id}`, { host: north.host, key: north.key })).toMatchObject({
    status: 403,
  })
  const small = await owner.call('POST', '/v1/keys', {
    body: { name: 'small', permissions: ['members:write', 'members:read', 'tenant:read'] },
  })
  expect(await asKey({ role: 'admin' }, small.body.credential)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await asKey({ role: 'viewer' }, small.body.credential)).toMatchObject({ status: 200, body: { role: 'viewer' } })
})

test('the limit of users counts members, exactly', async () => {
  await node.tenantry.services.limits.set(system(), 'users', 3)
  const adding = await Promise.allSettled(Array.from({ length: 8 }, () => joinAs(node, north, 'viewer')))
  expect(adding.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  for (const each of adding) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'quota_exceeded', members: { limit: 'users' } })
  }
  expect(await node.tenantry.services.limits.list(system())).toContainEqual(
    expect.objectContaining({ name: 'users', max: 3, used: 3, available: 0 }),
  )
})

test("another tenant's member is not found, like one that never was", async () => {
  const owner = await joinAs(node, north, 'owner')
  const south = await tenantWithKey(node)
  const stranger = await joinAs(node, south, 'viewer')
  const absent = '018f0000-0000-7000-8000-0000000000ff'
  for (const method of ['GET', 'DELETE'] as const) {
    const [foreign, never] = [
      await owner.call(method, `/v1/members/${stranger.member.id}`),
      await owner.call(method, `/v1/members/${absent}`),
    ]
    expect(foreign.status).toBe(404)
    expect(foreign.body).toEqual({ ...never.body, requestId: foreign.body.requestId, instance: foreign.body.instance })
  }
})
