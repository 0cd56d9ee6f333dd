import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, codeOfApp, cookieOfAnswer, type Mailbox, openMailbox } from '../identity/identity.test-support.ts'
import { sql } from '../isolation/statement.ts'
import { databaseWithSystems, type TestNode, tenantWithKey } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { newAddress, newUser, password, startPeopleNode } from './people.test-support.ts'

let database: TestDatabase
let mailbox: Mailbox
let node: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  mailbox = await openMailbox()
  node = await startPeopleNode(database, { mailUrl: mailbox.url, addressRate: 10_000, trustedProxies: ['127.0.0.1'] })
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  await mailbox?.stop()
})

const host = 'api.localhost'
const newSlug = () => `s${randomBytes(8).toString('hex')}`
let network = 0
/** Each from a network of its own, unless it says from which. */
const ask = (body: object, at = host, address = `10.0.0.${++network}`) =>
  node.call('POST', '/v1/sign-ups', {
    host: at,
    body: { system: 'shelf', tenantName: 'Northwind', ...body },
    headers: { 'x-forwarded-for': address },
  })
const confirm = (token: string, more: object = {}, at = host) =>
  node.call('POST', '/v1/sign-ups/confirm', { host: at, body: { token, name: 'Ada', password, ...more } })

async function linkFor(email: string): Promise<string> {
  return /\/sign-up#token=([0-9A-Za-z]{43})/.exec(await mailbox.next(email))?.[1] ?? 'no token in the mail'
}

async function asked(slug = newSlug(), email = newAddress()) {
  expect(await ask({ slug, email })).toMatchObject({ status: 202, body: { sent: true } })
  return { slug, email, token: await linkFor(email) }
}

/** Everything there is of tenants and persons, whoever they belong to. */
async function countAll(): Promise<unknown> {
  const client = new Client({ connectionString: database.superuserUrl })
  await client.connect()
  try {
    const tables = ['tenantry.tenants', 'tenantry.members', 'tenantry.limits', 'tenantry.events', 'identity."user"']
    const counts = tables.map((table) => `(select count(*)::int from ${table})`)
    return (await client.query({ text: `select array[${counts.join(', ')}] as counts` })).rows[0].counts
  } finally {
    await client.end()
  }
}

test('[SEC-17] a proved address makes account, tenant and owner with its limits; who confirmed signs in there', async () => {
  const { slug, email, token } = await asked()
  expect((await node.call('GET', `/v1/sign-ups/slug?slug=${slug}`, { host })).body).toEqual({ slug, available: true })
  const made = await confirm(token)
  expect(made).toMatchObject({ status: 201, body: { tenant: { slug, name: 'Northwind', system: 'shelf', tier: 'small' } } })
  expect((await node.call('GET', `/v1/sign-ups/slug?slug=${slug}`, { host })).body).toEqual({ slug, available: false })
  const signedIn = await node.call('POST', '/v1/auth/sign-in', { host: `${slug}.localhost`, body: { email, password } })
  expect(signedIn).toMatchObject({ status: 200, body: { tenant: { slug, name: 'Northwind', role: 'owner' } } })
  const scope = node.tenantry.scope({ tenantId: made.body.tenant.id, actor: { kind: 'member', id: made.body.memberId } })
  expect(await node.tenantry.services.limits.list(scope)).toContainEqual(
    expect.objectContaining({ name: 'users', max: null, used: 1 }),
  )
  expect(await confirm(token)).toMatchObject({ status: 400, body: { code: 'link_invalid' } })
})

test('[SEC-17] nothing is made before the mail is confirmed, nor by a confirmation that fails', async () => {
  const before = await countAll()
  const { token } = await asked()
  expect(await countAll()).toEqual(before)
  expect((await confirm(token, { password: 'short' })).status).toBe(400)
  expect((await confirm(`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)).status).toBe(400)
  expect((await confirm(token, { slug: 'admin' })).body.code).toBe('slug_taken')
  expect(await countAll()).toEqual(before)
})

test('[SEC-17] the answer is the same whether or not the address is known, and neither is told by the mail', async () => {
  const known = await newUser(node)
  const stranger = newAddress()
  const [one, other] = [await ask({ slug: newSlug(), email: known.email }), await ask({ slug: newSlug(), email: stranger })]
  expect(one.text).toBe(other.text)
  expect(one.status).toBe(202)
  const plain = (mail: string) => mail.split('\n').filter((line) => /Somebody asked|If it was not/.test(line))
  expect(plain(await mailbox.next(known.email))).toEqual(plain(await mailbox.next(stranger)))
})

test('[SEC-17] of two who want one slug the second meets slug_taken, and confirms with another one', async () => {
  const slug = newSlug()
  const rivals = await Promise.all([asked(slug), asked(slug)])
  const results = await Promise.all(rivals.map(({ token }) => confirm(token)))
  expect(results.map(({ status }) => status).sort()).toEqual([201, 409])
  const loser = results.findIndex(({ status }) => status === 409)
  expect(results[loser]?.body.code).toBe('slug_taken')
  const other = newSlug()
  expect(await confirm(rivals[loser]?.token ?? '', { slug: other })).toMatchObject({
    status: 201,
    body: { tenant: { slug: other } },
  })
})

test('[SEC-17] ten confirmations of one mail at once make one tenant, whatever slugs they name', async () => {
  const { token, email } = await asked()
  const user = await newUser(node, email)
  const person = { id: user.id, realmId: user.realmId, email, name: user.name }
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, () => node.tenantry.services.signUps.confirmAs(token, person, newSlug(), {})),
  )
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of all) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'link_invalid' })
  expect(await node.tenantry.directory.membershipsOf(user.id)).toHaveLength(1)
})

test('who has an account confirms as that person, and nobody else does', async () => {
  const user = await newUser(node)
  const other = await newUser(node)
  const browser = async (email: string) => {
    const south = await tenantWithKey(node)
    const scope = node.tenantry.scope({
      tenantId: south.tenant.id,
      actor: { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' },
    })
    await node.tenantry.services.members.add(scope, { email, name: 'Ada' })
    return cookieOfAnswer(await node.call('POST', '/v1/auth/sign-in', { host, body: { email, password } }))
  }
  const { token, slug } = await asked(newSlug(), user.email)
  const confirmAs = async (email: string) =>
    node.call('POST', '/v1/sign-ups/confirm-signed-in', {
      host,
      body: { token },
      headers: { cookie: await browser(email), origin: `http://${host}:${node.port}` },
    })
  expect(await confirm(token, { password: 'not the password at all' })).toMatchObject({
    status: 401,
    body: { code: 'sign_in_required' },
  })
  expect(await confirmAs(other.email)).toMatchObject({ status: 400, body: { code: 'link_invalid' } })
  expect(await confirmAs(user.email)).toMatchObject({ status: 201, body: { tenant: { slug } } })
})

test('[SEC-17] who belongs to no tenant and has a second factor confirms by password and code, and signs in to the new tenant', async () => {
  const south = await tenantWithKey(node)
  const system = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const
  const scope = node.tenantry.scope({ tenantId: south.tenant.id, actor: system })
  const leaver = await newUser(node)
  const member = await node.tenantry.services.members.add(scope, { email: leaver.email, name: leaver.name })
  const browser = await browserOf(node, south.host, leaver.email, password)
  const { body: app } = await browser.call('POST', '/v1/me/totp', { password })
  await browser.call('POST', '/v1/me/totp/confirm', { code: await codeOfApp(node, app.uri, -1) })
  await node.tenantry.services.members.remove(scope, member.id, undefined)

  const { token, slug } = await asked(newSlug(), leaver.email)
  const proof = (body: object) => node.call('POST', '/v1/sign-ups/confirm', { host, body: { token, password, ...body } })
  // A name would make a second account.
  expect(await proof({ name: 'Somebody' })).toMatchObject({ status: 401, body: { code: 'sign_in_required' } })
  expect(await proof({})).toMatchObject({ status: 401, body: { code: 'sign_in_required' } })
  expect(await proof({ password: 'another password altogether' })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  })
  expect(await proof({ code: '000000' })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  const code = await codeOfApp(node, app.uri)
  // A slug that nobody can have does not use the code up.
  expect(await proof({ code, slug: 'admin' })).toMatchObject({ status: 409, body: { code: 'slug_taken' } })
  expect(await proof({ code })).toMatchObject({ status: 201, body: { tenant: { slug }, email: leaver.email } })
  expect(await node.tenantry.directory.membershipsOf(leaver.id)).toMatchObject([{ tenant: { slug }, role: 'owner' }])
})

test('[SEC-17] without a name there has to be an account', async () => {
  const { token } = await asked()
  const nameless = await node.call('POST', '/v1/sign-ups/confirm', { host, body: { token, password } })
  expect(nameless).toMatchObject({ status: 400, body: { errors: [{ pointer: '/name' }] } })
  expect((await confirm(token)).status).toBe(201)
})

test('[SEC-17] a system without sign-up, a tier that is not for it, reserved and look-alike slugs and addresses are refused', async () => {
  const email = newAddress()
  expect(await ask({ slug: newSlug(), email, system: 'depot' })).toMatchObject({ status: 404 })
  expect(await ask({ slug: newSlug(), email, system: 'nothing' })).toMatchObject({ status: 404 })
  expect(await ask({ slug: newSlug(), email, tier: 'large' })).toMatchObject({ status: 400 })
  for (const slug of ['admin', 'adrnin', 'g00gle'])
    expect(await ask({ slug, email })).toMatchObject({ body: { code: 'slug_taken' } })
  expect(await ask({ slug: 'nоrthwind', email })).toMatchObject({ status: 400 })
  expect(await ask({ slug: newSlug(), email: 'аda@example.com' })).toMatchObject({ status: 400 })
})

test("sign-up is on the installation's own address only", async () => {
  const south = await tenantWithKey(node)
  for (const at of [south.host, 'dashboard.localhost', 'nobodys.localhost']) {
    expect(await ask({ slug: newSlug(), email: newAddress() }, at)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await node.call('GET', '/v1/sign-ups/slug?slug=northwind', { host: at })).status).toBe(404)
  }
})

test('[SEC-17] an address is written to five times an hour at most, and the answer does not tell', async () => {
  const email = newAddress()
  for (let sent = 0; sent < 8; sent++) expect((await ask({ slug: newSlug(), email })).status).toBe(202)
  for (let came = 0; came < 5; came++) await mailbox.next(email)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(mailbox.all.filter(({ to }) => to === email)).toHaveLength(5)
})

test('[SEC-17] one network has a few mails sent at once, and then one a minute', async () => {
  const from = (address: string) => ask({ slug: newSlug(), email: newAddress() }, host, address)
  const answers = await Promise.all(Array.from({ length: 25 }, () => from('203.0.113.7')))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(20)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused).toMatchObject({ body: { code: 'rate_limited' }, headers: { 'retry-after': expect.stringMatching(/^[0-9]+$/) } })
  expect((await from('203.0.113.8')).status).toBe(202)
})

test('[SEC-17] a link runs out after a day', async () => {
  const { token } = await asked()
  const client = new Client({ connectionString: database.superuserUrl })
  await client.connect()
  await client.query(`update tenantry.sign_ups set expires_at = tenantry.clock() - interval '1 second' where used_at is null`)
  await client.end()
  expect(await confirm(token)).toMatchObject({ status: 400, body: { code: 'link_invalid' } })
})

test('[SEC-17] the checklist ticks itself, and unticks itself, from what is there', async () => {
  const { token, slug, email } = await asked()
  const { tenant, memberId } = (await confirm(token)).body
  const signIn = await node.call('POST', '/v1/auth/sign-in', {
    host: `${slug}.localhost`,
    body: { email, password, as: 'program' },
  })
  const call = (method: string, path: string, options: object = {}) =>
    node.call(method, path, { host: `${slug}.localhost`, key: signIn.body.accessToken, ...options })
  const done = async () => {
    const { body } = await call('GET', '/v1/tenants/current/onboarding')
    const items = body.items as { name: string; done: boolean }[]
    expect(items.map(({ name }) => name)).toEqual(['brand', 'second_member', 'first_key', 'first_rack'])
    return items.filter((each) => each.done).map(({ name }) => name)
  }
  expect(await done()).toEqual([])
  const current = await call('GET', '/v1/tenants/current')
  const ifMatch = { headers: { 'if-match': String(current.headers.etag) } }
  await call('PATCH', '/v1/tenants/current', { body: { brand: { displayName: 'Nordwind' } }, ...ifMatch })
  expect(await done()).toEqual(['brand'])
  await call('POST', '/v1/keys', { body: { name: 'first', permissions: ['tenant:read'] } })
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor: { kind: 'member', id: memberId } })
  const second = await node.tenantry.services.members.add(scope, { email: newAddress(), name: 'Bo' })
  await scope.run(sql`insert into shelf.racks (name) values ('first')`)
  expect(await done()).toEqual(['brand', 'second_member', 'first_key', 'first_rack'])
  await node.tenantry.services.members.remove(scope, second.id, undefined)
  expect(await done()).toEqual(['brand', 'first_key', 'first_rack'])
})
