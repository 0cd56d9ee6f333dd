import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedRealm } from '../identity/realms.ts'
import {
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { join, joinAs, newAddress, newUser, password, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let node: TestNode
let operator: string

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database, { addressRate: 10_000 })
  operator = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

const asOperator = (method: string, path: string, options: { body?: unknown; headers?: Record<string, string> } = {}) =>
  node.call(method, path, {
    host: 'dashboard.localhost',
    key: operator,
    ...options,
    headers: { 'tenantry-reason': 'asked by phone', ...options.headers },
  })

const signIn = (email: string, host = 'api.localhost') =>
  node.call('POST', '/v1/auth/sign-in', { host, body: { email, password, as: 'program' } })

test('[IIOT-3] many tenants, a role and a tenant-admin flag in each; the oldest serves, then the preferred; the answer carries id, name, slug', async () => {
  const { email, id } = await newUser(node)
  const tenants: TestTenant[] = []
  for (const role of ['viewer', 'admin', 'owner'] as const) {
    const tenant = await tenantWithKey(node)
    tenants.push(tenant)
    await join(node, tenant, { email, role })
  }
  const [oldest, second, third] = tenants as [TestTenant, TestTenant, TestTenant]
  const named = ({ tenant: { id: tenantId, name, slug } }: TestTenant) => ({ id: tenantId, name, slug })
  const first = await signIn(email)
  expect(first).toMatchObject({ status: 200, body: { tenant: { ...named(oldest), role: 'viewer' } } })
  const mine = await node.call('GET', '/v1/me/tenants', { host: 'api.localhost', key: first.body.accessToken })
  expect(mine.body.items).toMatchObject([
    { tenant: named(oldest), role: 'viewer', tenantAdmin: false, preferredAt: null },
    { tenant: named(second), role: 'admin', tenantAdmin: true },
    { tenant: named(third), role: 'owner', tenantAdmin: true },
  ])
  await node.tenantry.services.tokens.prefer({ id, realmId: sharedRealm, methods: ['password'] }, third.tenant.id)
  expect((await signIn(email)).body.tenant).toMatchObject(named(third))
  // On a tenant's own host that tenant serves, whatever is preferred.
  expect((await signIn(email, second.host)).body.tenant).toMatchObject(named(second))
  const suspend = { reason: 'unpaid' }
  await node.tenantry.services.tenants.move(third.tenant.id, 'suspend', suspend, { actor: { kind: 'system', id: id } })
  expect((await signIn(email)).body.tenant).toMatchObject(named(oldest))
})

test('[IIOT-3] who belongs to no active tenant is answered 403', async () => {
  const { email, id } = await newUser(node)
  expect(await signIn(email)).toMatchObject({ status: 403, body: { code: 'no_active_tenant' } })
  const north = await tenantWithKey(node)
  await join(node, north, { email })
  expect((await signIn(email)).status).toBe(200)
  await node.tenantry.services.tenants.move(north.tenant.id, 'archive', { reason: 'over' }, { actor: { kind: 'system', id } })
  expect(await signIn(email)).toMatchObject({ status: 403, body: { code: 'no_active_tenant' } })
})

test('[IIOT-8] operators list, make, read and change tenants, see their numbers, their members, change roles, remove, and set quotas', async () => {
  const slug = `iiot${Date.now()}`
  const made = await asOperator('POST', '/v1/tenants', {
    body: { slug, name: 'IIoT', system: 'shelf' },
    headers: { 'idempotency-key': slug },
  })
  expect(made.status).toBe(201)
  const path = `/v1/tenants/${made.body.id}`
  expect((await asOperator('GET', `/v1/tenants?search=${slug}`)).body.items).toMatchObject([{ slug }])
  const read = await asOperator('GET', path)
  expect(read).toMatchObject({ status: 200, body: { slug, name: 'IIoT' } })
  const headers = { 'if-match': String(read.headers.etag) }
  expect(await asOperator('PATCH', path, { body: { name: 'IIoT 2' }, headers })).toMatchObject({ body: { name: 'IIoT 2' } })

  const email = newAddress()
  const added = await asOperator('POST', `${path}/members`, { body: { email, name: 'Ada', role: 'owner' } })
  expect(added).toMatchObject({ status: 201, body: { email, role: 'owner', tenantAdmin: true } })
  expect(await asOperator('POST', `${path}/members`, { body: { email, name: 'Ada' } })).toMatchObject({ status: 409 })
  const user = await asOperator('POST', `${path}/members`, { body: { email: newAddress(), name: 'Bo' } })
  expect((await asOperator('GET', `${path}/members`)).body.items).toMatchObject([{ email }, { role: 'viewer' }])
  const who = `${path}/members/${user.body.id}`
  expect(await asOperator('PATCH', who, { body: { role: 'manager' } })).toMatchObject({ status: 200, body: { role: 'manager' } })
  expect(await asOperator('DELETE', who)).toMatchObject({ status: 204 })
  expect(await asOperator('DELETE', `${path}/members/${added.body.id}`)).toMatchObject({ body: { code: 'last_owner' } })
  expect((await asOperator('GET', `${path}/members`)).body.items).toMatchObject([{ email }])
  const silent = { host: 'dashboard.localhost', key: operator, body: { role: 'viewer' } }
  expect((await node.call('PATCH', who, silent)).body.code).toBe('reason_required')
})

test('[IIOT-8] numbers of one tenant and of all at once: members, invitations, keys, quotas, and what the system counts', async () => {
  const north = await tenantWithKey(node)
  const owner = await joinAs(node, north, 'owner')
  await joinAs(node, north, 'viewer')
  await owner.call('POST', '/v1/shelf/racks', { body: { name: 'one' } })
  await node.call('POST', '/v1/shelf/racks', { host: north.host, key: north.key, body: { name: 'two' } })
  expect((await owner.call('POST', '/v1/invitations', { body: { email: newAddress() } })).status).toBe(201)
  const expected = { members: 2, openInvitations: 1, keys: 1, system: { racks: 1 } }
  const own = await owner.call('GET', '/v1/tenants/current/stats')
  expect(own).toMatchObject({ status: 200, body: expected })
  expect(own.body.limits).toContainEqual({ name: 'racks', max: 3, used: 1, available: 2, percentage: 33.3 })
  expect((await asOperator('GET', `/v1/tenants/${north.tenant.id}/stats`)).body).toEqual(own.body)
  const everywhere = async () => {
    for (let cursor = ''; ; ) {
      const { body } = await asOperator('GET', `/v1/tenants/stats?limit=3${cursor}`)
      const found = body.items.find(({ id }: { id: string }) => id === north.tenant.id)
      if (found !== undefined) return found
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
    }
  }
  const summary = await everywhere()
  expect(summary).toMatchObject({ slug: north.tenant.slug, numbers: { members: 2, openInvitations: 1, keys: 1, racks: 1 } })
  // Counted once in a quarter of an hour.
  await joinAs(node, north, 'viewer')
  expect(await everywhere()).toEqual(summary)
})

test('[IIOT-8] a quota is set for one tenant; with another tier its limits come, but for what was agreed', async () => {
  const north = await tenantWithKey(node, { tier: 'small' })
  const path = `/v1/tenants/${north.tenant.id}`
  expect(await asOperator('PUT', `${path}/limits/scans`, { body: { max: 7 } })).toMatchObject({ status: 200, body: { max: 7 } })
  const { headers } = await asOperator('GET', path)
  const change = (tier: string) => asOperator('PATCH', path, { body: { tier }, headers: { 'if-match': String(headers.etag) } })
  expect(await change('no such tier')).toMatchObject({ status: 400 })
  expect(await change('large')).toMatchObject({ status: 200, body: { tier: 'large' } })
  const limits = await node.call('GET', '/v1/limits', { host: north.host, key: north.key })
  expect(limits.body.items).toMatchObject([
    { name: 'racks', max: null },
    { name: 'scans', max: 7 },
    { name: 'users', max: null },
  ])
  expect((await node.call('POST', '/v1/shelf/scans', { host: north.host, key: north.key })).status).toBe(204)
})

test('[SEC-1] tier, status, subscription, billing e-mail, phone, time zone, locale: with defaults, shown, and changed', async () => {
  const slug = `org${Date.now()}`
  const made = await asOperator('POST', '/v1/tenants', {
    body: { slug, name: 'Org', system: 'shelf' },
    headers: { 'idempotency-key': slug },
  })
  expect(made.body).toMatchObject({
    tier: 'small',
    status: 'active',
    subscriptionId: null,
    billingEmail: null,
    phone: null,
    timeZone: 'UTC',
    locale: 'en-US',
  })
  const changes = {
    tier: 'large',
    subscriptionId: 'sub_123',
    billingEmail: 'billing@example.com',
    phone: '+49 30 123456',
    timeZone: 'Europe/Berlin',
    locale: 'de-DE',
  }
  const path = `/v1/tenants/${made.body.id}`
  const headers = { 'if-match': '"v1"' }
  expect((await asOperator('PATCH', path, { body: changes, headers })).body).toMatchObject(changes)
  expect((await asOperator('GET', path)).body).toMatchObject({ ...changes, status: 'active' })
  const email = newAddress()
  await asOperator('POST', `${path}/members`, { body: { email, name: 'Ada', role: 'owner' } })
  const owner = await join(node, { tenant: made.body, host: `${slug}.localhost`, key: '', keyId: '' }, { role: 'owner' })
  const own = await owner.call('GET', '/v1/tenants/current')
  expect(own.body).toMatchObject({ ...changes, status: 'active' })
  const ifMatch = { 'if-match': String(own.headers.etag) }
  for (const refused of [{ tier: 'small' }, { subscriptionId: 'mine' }, { status: 'deleted' }]) {
    expect((await owner.call('PATCH', '/v1/tenants/current', { body: refused, headers: ifMatch })).status).toBe(400)
  }
  const allowed = { phone: null, timeZone: 'UTC', locale: 'en-GB', billingEmail: 'new@example.com' }
  expect((await owner.call('PATCH', '/v1/tenants/current', { body: allowed, headers: ifMatch })).body).toMatchObject(allowed)
})
