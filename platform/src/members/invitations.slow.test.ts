import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { browserOf, codeOfApp, cookieOfAnswer, type Mailbox, openMailbox } from '../identity/identity.test-support.ts'
import { sharedRealm } from '../identity/realms.ts'
import { sql } from '../isolation/statement.ts'
import {
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { joinAs, newAddress, newUser, password, type SignedInMember, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode
let north: TestTenant
let owner: SignedInMember

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await startPeopleNode(database, { mailUrl: mailbox.url, addressRate: 10_000 })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  await mailbox?.stop()
})
beforeEach(async () => {
  north = await tenantWithKey(node, { tier: 'large' })
  owner = await joinAs(node, north, 'owner')
})

const system = (tenant = north) =>
  node.tenantry.scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } })

async function tokenFor(email: string): Promise<string> {
  const mail = await mailbox.next(email, '#token=')
  return /#token=(tni_[0-9A-Za-z]+_[0-9A-Za-z]{43})/.exec(mail)?.[1] ?? 'no token in the mail'
}

async function invited(by: SignedInMember, body: Record<string, unknown> = {}) {
  const email = (body.email as string | undefined) ?? newAddress('bo')
  const answer = await by.call('POST', '/v1/invitations', { body: { ...body, email } })
  expect(answer.status).toBe(201)
  return { email, invitation: answer.body, token: await tokenFor(email) }
}

const join = (token: string, host = north.host, account: object = { name: 'Bo', password }) =>
  node.call('POST', '/v1/invitations/join', { host, body: { token, ...account } })
const look = (token: string, host = north.host) => node.call('POST', '/v1/invitations/look', { host, body: { token } })

const refused = { status: 400, body: { code: 'invitation_invalid' } }

test("[IIOT-4] an invitation by mail in the tenant's brand: 32 random bytes, stored hashed, seven days; who invited and accepted is kept", async () => {
  const before = await owner.call('GET', '/v1/tenants/current')
  await owner.call('PATCH', '/v1/tenants/current', {
    body: { brand: { displayName: 'Nordwind', footer: 'Nordwind GmbH' } },
    headers: { 'if-match': String(before.headers.etag) },
  })
  const email = newAddress('bo')
  const { body: made } = await owner.call('POST', '/v1/invitations', { body: { email, role: 'manager' } })
  expect(made).toMatchObject({
    email,
    role: 'manager',
    state: 'open',
    invitedBy: owner.member.id,
    timesSent: 1,
    acceptedBy: null,
  })
  expect((Date.parse(made.expiresAt) - Date.parse(made.sentAt)) / 86_400_000).toBeCloseTo(7, 3)
  expect(JSON.stringify(made)).not.toContain('tni_')
  const mail = await mailbox.next(email, '#token=')
  expect(mail).toMatch(/From: "?Nordwind/)
  expect(mail).toContain('Nordwind GmbH')
  const token = /#token=(tni_[0-9A-Za-z]{16}_[0-9A-Za-z]{43})/.exec(mail)?.[1] ?? ''
  expect(mail).toContain(`http://${north.host}:${node.port}/invitation#token=`)
  const [row] = await system().run(
    sql<{ hash: Uint8Array; all: string }>`select hash, i::text as all from tenantry.invitations i`,
  )
  expect(row?.hash).toHaveLength(32)
  expect(row?.all).not.toContain(token.slice(21))

  expect((await look(token)).body).toEqual({
    tenant: { name: north.tenant.name, slug: north.tenant.slug },
    invitedByName: 'Ada',
    email: `b***@example.com`,
    role: 'manager',
    expiresAt: made.expiresAt,
  })
  const accepted = await join(token)
  expect(accepted).toMatchObject({
    status: 201,
    body: { member: { email, name: 'Bo', role: 'manager', invitedBy: owner.member.id }, tenant: { slug: north.tenant.slug } },
  })
  const kept = await owner.call('GET', `/v1/invitations/${made.id}`)
  expect(kept.body).toMatchObject({ state: 'accepted', acceptedBy: accepted.body.member.id, invitedBy: owner.member.id })
  const signedIn = await node.call('POST', '/v1/auth/sign-in', { host: north.host, body: { email, password } })
  expect(signedIn).toMatchObject({ status: 200, body: { tenant: { id: north.tenant.id, role: 'manager' } } })
  const events = await system().run(
    sql<{ type: string }>`select type from tenantry.events where type like 'platform.member.%' order by xid, id`,
  )
  expect(events.map(({ type }) => type)).toEqual(['platform.member.joined', 'platform.member.invited', 'platform.member.joined'])
})

test('[IIOT-4] it is accepted once: a second time, and fifty at once, make no second member', async () => {
  const { token, email } = await invited(owner)
  const user = await newUser(node, email)
  const person = { id: user.id, realmId: sharedRealm, email, name: user.name }
  const from = { hostTenantId: north.tenant.id, origin: {} }
  const all = await Promise.allSettled(
    Array.from({ length: 50 }, () => node.tenantry.services.acceptance.accept(token, person, from)),
  )
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'invitation_invalid' })
  expect(await system().run(sql`select id from tenantry.members where email = ${email}`)).toHaveLength(1)
  expect(await join(token, north.host, { password })).toMatchObject(refused)
  expect(await look(token)).toMatchObject(refused)
})

test('fifty strangers with one link make one account and one member', async () => {
  const { token, email } = await invited(owner)
  const all = await Promise.all(Array.from({ length: 50 }, () => join(token)))
  expect(all.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const each of all) expect([201, 400, 401]).toContain(each.status)
  expect(await system().run(sql`select id from tenantry.members where email = ${email}`)).toHaveLength(1)
}, 60_000)

test('[IIOT-4] one is open per address: the second meets a conflict that names the first; one that ran out blocks nothing', async () => {
  const { email, invitation, token } = await invited(owner)
  const shouted = email.toUpperCase()
  expect(await owner.call('POST', '/v1/invitations', { body: { email: shouted } })).toMatchObject({
    status: 409,
    body: { code: 'conflict', invitationId: invitation.id },
  })
  await system().run(sql`update tenantry.invitations set expires_at = tenantry.clock() - interval '1 second'`)
  expect(await look(token)).toMatchObject(refused)
  expect(await join(token)).toMatchObject(refused)
  const again = await owner.call('POST', '/v1/invitations', { body: { email } })
  expect(again.status).toBe(201)
  expect((await owner.call('GET', `/v1/invitations/${invitation.id}`)).body.state).toBe('revoked')
  const twenty = await Promise.all(
    Array.from({ length: 20 }, () => owner.call('POST', '/v1/invitations', { body: { email: 'same@example.com' } })),
  )
  expect(twenty.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
})

test('[IIOT-4] it is bound to the address: whoever else is signed in is refused, and it stays good for its reader', async () => {
  const { token, email } = await invited(owner)
  const south = await tenantWithKey(node)
  const other = await joinAs(node, south, 'viewer')
  const asOther = await node.call('POST', '/v1/invitations/accept', { host: 'api.localhost', key: other.token, body: { token } })
  expect(asOther).toMatchObject(refused)
  const known = await joinAs(node, south, 'viewer')
  const second = await invited(owner, { email: known.member.email })
  const asKnown = await node.call('POST', '/v1/invitations/accept', {
    host: 'api.localhost',
    key: known.token,
    body: { token: second.token },
  })
  expect(asKnown).toMatchObject({ status: 201, body: { member: { userId: known.member.userId } } })
  expect((await join(token)).body.member.email).toBe(email)
})

test('[IIOT-4] on the host of another tenant it is none, told like one that never was', async () => {
  const { token } = await invited(owner)
  const south = await tenantWithKey(node)
  const never = `tni_${'a'.repeat(16)}_${'b'.repeat(43)}`
  for (const ask of [look, join]) {
    const [foreign, absent] = [await ask(token, south.host), await ask(never, south.host)]
    expect(foreign).toMatchObject(refused)
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' })
  }
  expect((await look(token, 'nobodys.localhost')).status).toBe(404)
  expect((await look(token, 'api.localhost')).status).toBe(200)
})

test('[FIN-3] it dies with the right to give it: the inviter left or was demoted; what an operator promised stays', async () => {
  const admin = await joinAs(node, north, 'admin')
  const { members } = node.tenantry.services
  const byAdmin = await invited(admin, { role: 'admin' })
  await members.change(system(), admin.member.id, { role: 'manager' }, undefined)
  expect(await join(byAdmin.token)).toMatchObject(refused)
  const lower = await invited(admin, { role: 'user' })
  await members.remove(system(), admin.member.id, undefined)
  expect(await join(lower.token)).toMatchObject(refused)
  expect(await look(lower.token)).toMatchObject(refused)
  const key = await operatorKey(node)
  const email = newAddress('first')
  const byOperator = await node.call('POST', `/v1/tenants/${north.tenant.id}/invitations`, {
    host: 'dashboard.localhost',
    key,
    headers: { 'tenantry-reason': 'the first owner' },
    body: { email, role: 'owner' },
  })
  expect(byOperator).toMatchObject({ status: 201, body: { invitedByName: 'Olivia' } })
  expect(await join(await tokenFor(email))).toMatchObject({ status: 201, body: { member: { role: 'owner', tenantAdmin: true } } })
})

test('[FIN-3] nobody invites above himself', async () => {
  const manager = await joinAs(node, north, 'manager')
  const user = await joinAs(node, north, 'user')
  const invite = (who: SignedInMember, role: string) =>
    who.call('POST', '/v1/invitations', { body: { email: newAddress(), role } })
  expect(await invite(manager, 'admin')).toMatchObject({ status: 403, body: { code: 'forbidden', role: 'admin' } })
  expect(await invite(manager, 'manager')).toMatchObject({ status: 201 })
  expect(await invite(user, 'viewer')).toMatchObject({ status: 403, body: { permission: 'members:write' } })
})

test('sent again it has a new link, and the old one is none; at most five times a day', async () => {
  const { email, invitation, token } = await invited(owner)
  const resend = () => owner.call('POST', `/v1/invitations/${invitation.id}/resend`)
  expect(await resend()).toMatchObject({ status: 200, body: { timesSent: 2 } })
  const second = await tokenFor(email)
  expect(second).not.toBe(token)
  expect(await look(token)).toMatchObject(refused)
  expect((await look(second)).status).toBe(200)
  for (let sent = 3; sent <= 5; sent++) expect((await resend()).status).toBe(200)
  expect(await resend()).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  await system().run(sql`update tenantry.invitations set today = tenantry.clock() - interval '25 hours'`)
  expect(await resend()).toMatchObject({ status: 200, body: { timesSent: 6 } })
})

test('taken back it is none; once accepted it cannot be taken back', async () => {
  const first = await invited(owner)
  expect((await owner.call('DELETE', `/v1/invitations/${first.invitation.id}`)).status).toBe(204)
  expect(await join(first.token)).toMatchObject(refused)
  const second = await invited(owner)
  expect((await join(second.token)).status).toBe(201)
  expect(await owner.call('DELETE', `/v1/invitations/${second.invitation.id}`)).toMatchObject({ status: 409 })
})

test('who has an account is asked to sign in with it; who belongs nowhere any more proves himself by its password', async () => {
  const user = await newUser(node)
  const { token } = await invited(owner, { email: user.email })
  expect(await join(token)).toMatchObject({ status: 401, body: { code: 'sign_in_required' } })
  expect(await join(token, north.host, { password: 'not the password at all' })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  })
  expect(await join(token, north.host, { password })).toMatchObject({ status: 201, body: { member: { userId: user.id } } })
})

test('who belongs nowhere any more and has a second factor proves himself by password and code', async () => {
  const leaver = await newUser(node)
  const member = await node.tenantry.services.members.add(system(), { email: leaver.email, name: leaver.name })
  const browser = await browserOf(node, north.host, leaver.email, password)
  const { body } = await browser.call('POST', '/v1/me/totp', { password })
  const confirmed = await browser.call('POST', '/v1/me/totp/confirm', { code: await codeOfApp(node, body.uri, -1) })
  expect(confirmed.status).toBe(200)
  expect((await owner.call('DELETE', `/v1/members/${member.id}`)).status).toBe(204)
  const { token } = await invited(owner, { email: leaver.email })
  expect(await join(token, north.host, { password })).toMatchObject({ status: 401, body: { code: 'sign_in_required' } })
  expect(await join(token, north.host, { password, code: '000000' })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  })
  const code = await codeOfApp(node, body.uri)
  expect(await join(token, north.host, { password, code })).toMatchObject({ status: 201 })
})

test('a browser that is signed in on the host of the tenant of its own accepts on the bare domain, with its cookie', async () => {
  const south = await tenantWithKey(node)
  const user = await newUser(node)
  await node.tenantry.services.members.add(system(south), { email: user.email, name: user.name })
  const { token } = await invited(owner, { email: user.email })
  const signedIn = await node.call('POST', '/v1/auth/sign-in', { host: 'api.localhost', body: { email: user.email, password } })
  const cookie = cookieOfAnswer(signedIn)
  const accept = (headers: Record<string, string>) =>
    node.call('POST', '/v1/invitations/accept', { host: 'api.localhost', body: { token }, headers: { cookie, ...headers } })
  expect((await accept({ origin: 'http://evil.example' })).status).toBe(403)
  expect((await accept({ origin: `http://api.localhost:${node.port}` })).status).toBe(201)
})

test('a look-alike of an address is refused, not invited', async () => {
  for (const email of ['аda@example.com', 'ada@exаmple.com', 'ada@example.com\u200b', 'not an address', 'a@b']) {
    expect(await owner.call('POST', '/v1/invitations', { body: { email } })).toMatchObject({ status: 400 })
  }
})

test('a limited invitation makes a limited member, with what is still there of what was granted', async () => {
  const body = { email: newAddress(), reach: 'granted', grants: ['018f0000-0000-7000-8000-0000000000ff'] }
  expect(await owner.call('POST', '/v1/invitations', { body })).toMatchObject({ status: 404 })
  const { token } = await invited(owner, { reach: 'granted' })
  expect((await join(token)).body.member).toMatchObject({ reach: 'granted', grants: [] })
})

test('a custom role is given by invitation; it cannot be deleted while somebody has it, or an open invitation promises it', async () => {
  const role = await owner.call('POST', '/v1/roles', { body: { name: 'Auditor', permissions: ['audit:read'] } })
  expect(role.status).toBe(201)
  const { token, invitation } = await invited(owner, { customRoleId: role.body.id })
  expect(invitation).toMatchObject({ role: 'viewer', customRoleId: role.body.id })
  const deletion = () => owner.call('DELETE', `/v1/roles/${role.body.id}`)
  expect(await deletion()).toMatchObject({ status: 409, body: { code: 'still_referenced' } })
  const { body } = await join(token)
  expect(body.member.customRoleId).toBe(role.body.id)
  expect(await deletion()).toMatchObject({ status: 409, body: { code: 'still_referenced' } })
  expect((await owner.call('DELETE', `/v1/members/${body.member.id}`)).status).toBe(204)
  expect((await deletion()).status).toBe(204)
})
