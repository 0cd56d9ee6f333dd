import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
import { shelf } from '../server/shelf-system.test-support.ts'
import {
  type Answer,
  databaseWithSystems,
  operatorKey,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'

let database: TestDatabase
let node: TestNode
let operator: string
let parent: TestTenant
let child: TestTenant
let sibling: TestTenant
let stranger: TestTenant

/** The small plan says what it runs on; the large one may be silent. */
const { small, large } = shelf.tiers
const selling = {
  ...shelf,
  tiers: { small: { ...small, features: [] }, large: { ...large, features: ['scanning', 'white_label'] } },
} as typeof shelf

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database, {}, [selling])
  operator = await operatorKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})
beforeEach(async () => {
  ;[parent, child, sibling, stranger] = [
    await tenantWithKey(node, { tier: 'large' }),
    await tenantWithKey(node, { tier: 'large' }),
    await tenantWithKey(node, { tier: 'large' }),
    await tenantWithKey(node, { tier: 'large' }),
  ]
  await Promise.all([putBelow(child, parent), putBelow(sibling, parent)])
})

const ask = (method: string, { tenant }: TestTenant, path: string, body?: unknown, headers = {}) =>
  node.call(method, `/v1/tenants/${tenant.id}${path}`, { host: 'dashboard.localhost', key: operator, body, headers })

async function change(tenant: TestTenant, body: unknown): Promise<Answer> {
  const { version } = (await ask('GET', tenant, '')).body
  return ask('PATCH', tenant, '', body, { 'if-match': `"v${version}"` })
}

async function putBelow(tenant: TestTenant, above: TestTenant | null): Promise<Answer> {
  const answer = await change(tenant, { parent: above === null ? null : above.tenant.slug })
  expect(answer.status, answer.text).toBe(200)
  return answer
}

const read = (tenant: TestTenant) => node.call('GET', '/v1/brand', tenant)

async function edit(tenant: TestTenant, body: unknown): Promise<Answer> {
  const { version } = (await read(tenant)).body
  return node.call('PATCH', '/v1/brand/draft', { ...tenant, body, headers: { 'if-match': `"v${version}"` } })
}

async function publish(tenant: TestTenant, body?: unknown): Promise<Answer> {
  if (body !== undefined) expect((await edit(tenant, body)).status).toBe(200)
  const { version } = (await read(tenant)).body
  const published = await node.call('POST', '/v1/brand/publish', { ...tenant, headers: { 'if-match': `"v${version}"` } })
  expect(published.status, published.text).toBe(200)
  return published
}

async function uploadLogo(tenant: TestTenant, colour: string): Promise<string> {
  const { branding } = node.tenantry.services
  const scope = node.tenantry.scope({ tenantId: tenant.tenant.id, actor: { kind: 'system', id: tenant.tenant.id } })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1" fill="${colour}"/></svg>`
  const { version } = await branding.read(scope)
  const state = await branding.setImage(scope, 'logo-light', Buffer.from(svg), version)
  return state.draft.images?.logoLight as string
}

const shown = async (tenant: TestTenant) => (await node.call('GET', '/v1/public/tenant', { host: tenant.host })).body
const show = (tenant: TestTenant, path: string) => node.call('GET', path, { host: tenant.host })

test('[FIN-10] [FIN-1] what a tenant does not say comes from what its parent published, at once and under a new address; the name never', async () => {
  const before = await shown(child)
  await edit(parent, { displayName: 'Reseller', colours: { primary: '#7a1f1f' } })
  expect(await shown(child)).toEqual(before)
  await publish(parent, {
    theme: 'dark',
    footer: 'Reseller Ltd',
    supportEmail: 'help@reseller.example',
    senderName: 'Reseller Post',
    poweredBy: false,
  })
  const after = await shown(child)
  expect(after).toMatchObject({
    displayName: child.tenant.name,
    theme: 'dark',
    footer: 'Reseller Ltd',
    supportEmail: 'help@reseller.example',
    poweredBy: false,
    colours: { primary: '#7a1f1f', accent: '#0b7285' },
  })
  expect(after.styleSheet).not.toBe(before.styleSheet)
  expect((await show(child, after.styleSheet)).text).toContain('--brand-primary: #7a1f1f')
  // A page that was opened a moment before asks for the one before.
  expect((await show(child, before.styleSheet)).text).toContain('--brand-primary: #1f4e79')
  const scope = node.tenantry.scope({ tenantId: child.tenant.id, actor: { kind: 'system', id: child.tenant.id } })
  expect(await node.tenantry.services.branding.forMail(scope)).toMatchObject({
    senderName: 'Reseller Post',
    footer: 'Reseller Ltd',
  })
})

test('[FIN-10] each field can be one’s own, and inherited again; the editor says from whom', async () => {
  await publish(parent, { displayName: 'Reseller', colours: { primary: '#7a1f1f', accent: '#225522' }, footer: 'Reseller Ltd' })
  await publish(child, { colours: { primary: '#114477' }, footer: 'Our own' })
  expect(await shown(child)).toMatchObject({ footer: 'Our own', colours: { primary: '#114477', accent: '#225522' } })
  const { body } = await read(child)
  expect(body.inherited).toEqual({
    'colours.primary': { value: '#7a1f1f', from: 'Reseller' },
    'colours.accent': { value: '#225522', from: 'Reseller' },
    footer: { value: 'Reseller Ltd', from: 'Reseller' },
  })
  expect(body.variables.light['--brand-accent']).toBe('#225522')
  await publish(child, { colours: { primary: null }, footer: null })
  expect(await shown(child)).toMatchObject({ footer: 'Reseller Ltd', colours: { primary: '#7a1f1f' } })
  await putBelow(child, null)
  expect(await shown(child)).toMatchObject({ colours: { primary: '#1f4e79' } })
  expect((await read(child)).body.inherited).toEqual({})
})

test('[FIN-10] a logo of the parent is on the host of the child; no other picture of the parent’s is, and on a stranger’s host none', async () => {
  const drafted = await uploadLogo(parent, '#f00')
  expect((await show(child, `/brand/images/${drafted}`)).status).toBe(404)
  await publish(parent)
  const logo = { light: `/brand/images/${drafted}`, dark: `/brand/images/${drafted}` }
  expect((await shown(child)).logo).toEqual(logo)
  expect(await show(child, logo.light)).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } })
  expect((await node.call('GET', `/v1/brand/images/${drafted}`, child)).status).toBe(200)
  const newer = await uploadLogo(parent, '#00f')
  await publish(parent)
  expect((await shown(child)).logo.light).toBe(`/brand/images/${newer}`)
  const own = await uploadLogo(child, '#0f0')
  await publish(child)
  expect((await shown(child)).logo).toEqual({ light: `/brand/images/${own}`, dark: `/brand/images/${own}` })
  const never = await show(stranger, '/brand/images/018f0000-0000-7000-8000-0000000000ff')
  for (const [host, id] of [
    [child, drafted],
    [child, newer],
    [stranger, newer],
    [sibling, own],
    [parent, own],
  ] as const) {
    const answer = await show(host, `/brand/images/${id}`)
    expect([answer.status, answer.text]).toEqual([404, never.text])
    expect((await node.call('GET', `/v1/brand/images/${own}`, parent)).status).toBe(404)
  }
})

test("a sibling's brand, a stranger's and a child's are nowhere but on their own hosts, and of the parent nothing but its brand is told", async () => {
  for (const [tenant, word] of [
    [sibling, 'SIBLING'],
    [stranger, 'STRANGER'],
    [child, 'CHILD'],
  ] as const)
    await publish(tenant, { displayName: word, footer: word, senderName: word, colours: { primary: '#123456' } })
  await publish(parent, { displayName: 'PARENT', theme: 'dark' })
  const texts = async (tenant: TestTenant) => {
    const answers = [await show(tenant, '/v1/public/tenant'), await show(tenant, '/manifest.webmanifest'), await read(tenant)]
    return answers.map(({ text }) => text).join('\n')
  }
  expect(await texts(child)).not.toMatch(/SIBLING|STRANGER/)
  expect(await texts(sibling)).not.toMatch(/CHILD|STRANGER/)
  expect(await texts(parent)).not.toMatch(/SIBLING|CHILD|STRANGER/)
  expect(await texts(stranger)).not.toMatch(/SIBLING|CHILD|PARENT/)
  const audit = await node.call('GET', `/v1/audit?objectId=${child.tenant.id}`, child)
  const current = await node.call('GET', '/v1/tenants/current', child)
  for (const { text, status } of [audit, current, await read(child)]) {
    expect(status).toBe(200)
    expect(text).not.toContain(parent.tenant.id)
    expect(text).not.toContain(parent.tenant.slug)
  }
})

test('there are three levels and no circle; who is not there or out of use is nobody’s parent', async () => {
  const top = await tenantWithKey(node, { tier: 'large' })
  await putBelow(parent, top)
  await publish(top, { footer: 'From the top' })
  await publish(parent, { theme: 'light' })
  expect(await shown(child)).toMatchObject({ footer: 'From the top', theme: 'light' })
  const refused = async (tenant: TestTenant, slug: string) => (await change(tenant, { parent: slug })).body
  for (const body of [
    await refused(stranger, child.tenant.slug),
    await refused(top, stranger.tenant.slug),
    await refused(parent, child.tenant.slug),
    await refused(parent, parent.tenant.slug),
    await refused(stranger, 'never-was'),
  ])
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/parent' }] })
  await ask('POST', stranger, '/archive', { reason: 'A test' })
  expect((await refused(child, stranger.tenant.slug)).code).toBe('invalid_request')
})

test('two tenants that are put below each other at one moment make no circle', async () => {
  const pairs = [
    [child, stranger],
    [stranger, child],
  ] as const
  await putBelow(child, null)
  const answers = await Promise.all(pairs.map(([tenant, above]) => change(tenant, { parent: above.tenant.slug })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
})

test('operators see who is above and below; a tenant with others below it is neither archived nor erased', async () => {
  const body = (await ask('GET', child, '')).body
  expect(body.parent).toEqual({ id: parent.tenant.id, slug: parent.tenant.slug, name: parent.tenant.name })
  const below = await node.call('GET', `/v1/tenants?parent=${parent.tenant.slug}`, { host: 'dashboard.localhost', key: operator })
  expect(below.body.items.map(({ id }: { id: string }) => id).sort()).toEqual([child.tenant.id, sibling.tenant.id].sort())
  for (const act of ['archive', 'erase']) {
    const refused = await ask('POST', parent, `/${act}`, { reason: 'A test' })
    expect(refused.body).toMatchObject({ code: 'lifecycle_conflict', children: 2, allowed: ['suspend'] })
  }
  await ask('POST', parent, '/suspend', { reason: 'A test', mode: 'blocked' })
  expect((await shown(child)).displayName).toBe(child.tenant.name)
  await Promise.all([putBelow(child, null), putBelow(sibling, null)])
  expect((await ask('POST', parent, '/archive', { reason: 'A test' })).status).toBe(200)
})

test('a tenant can be made below another one; where that one is gone, it is as if there were none', async () => {
  const slug = `below-${child.tenant.slug}`
  const headers = { 'idempotency-key': slug }
  const order = { slug, name: 'New', system: 'shelf', parent: stranger.tenant.slug }
  const made = await node.call('POST', '/v1/tenants', { host: 'dashboard.localhost', key: operator, body: order, headers })
  expect(made.body.parent).toMatchObject({ slug: stranger.tenant.slug })
  await publish(stranger, { footer: 'From above' })
  expect((await node.call('GET', '/v1/public/tenant', { host: `${slug}.localhost` })).body.footer).toBe('From above')
  const scope = node.tenantry.scope({ tenantId: made.body.id, actor: { kind: 'system', id: made.body.id } })
  await scope.run(sql`update tenantry.tenants set parent_id = '018f0000-0000-7000-8000-0000000000ff' where id = ${made.body.id}`)
  await node.tenantry.directory.catchUp()
  expect((await node.call('GET', '/v1/public/tenant', { host: `${slug}.localhost` })).body.footer).toBeUndefined()
})

test('[FIN-10] where white label is sold, the rest says what it runs on: on a smaller plan again, on a larger one no more', async () => {
  await publish(child, { poweredBy: false, footer: 'Quiet' })
  expect((await shown(child)).poweredBy).toBe(false)
  await change(child, { tier: 'small' })
  expect(await shown(child)).toMatchObject({ poweredBy: true, footer: 'Quiet' })
  const naming = { code: 'feature_not_in_plan', feature: 'white_label', plan: 'small', plans: ['large'] }
  expect((await edit(child, { poweredBy: false })).body).toMatchObject(naming)
  const { version } = (await node.call('GET', '/v1/tenants/current', child)).body
  const headers = { 'if-match': `"v${version}"` }
  const body = { brand: { poweredBy: false } }
  expect((await node.call('PATCH', '/v1/tenants/current', { ...child, headers, body })).body).toMatchObject(naming)
  // What a parent pays for holds below it.
  await publish(parent, { poweredBy: false })
  expect((await shown(child)).poweredBy).toBe(false)
  await putBelow(child, null)
  expect((await shown(child)).poweredBy).toBe(true)
  await change(child, { tier: 'large' })
  expect((await shown(child)).poweredBy).toBe(false)
})
