import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sql } from '../isolation/statement.ts'
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
let north: TestTenant
let south: TestTenant
let version: number

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startNode(database)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})
beforeEach(async () => {
  ;[north, south] = [await tenantWithKey(node), await tenantWithKey(node)]
  version = 0
})

/** With the draft's version as it was answered last. */
async function ask(method: string, path: string, body?: unknown, tenant = north): Promise<Answer> {
  const { host, key } = tenant
  const answer = await node.call(method, path, { host, key, body, headers: { 'if-match': `"v${version}"` } })
  if (answer.body?.version !== undefined) version = answer.body.version
  return answer
}

async function upload(kind: string, bytes: Uint8Array, contentType = 'image/png'): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${node.port}/v1/brand/draft/images/${kind}`, {
    method: 'PUT',
    body: Buffer.from(bytes),
    headers: { authorization: `Bearer ${north.key}`, 'content-type': contentType, 'if-match': `"v${version}"` },
  })
  const text = await response.text()
  const body = JSON.parse(text)
  if (body.version !== undefined) version = body.version
  return { status: response.status, headers: Object.fromEntries(response.headers), text, body }
}

const show = (path: string, { host } = north) => node.call('GET', path, { host })
const styleSheetOf = async (tenant = north) => (await show('/v1/public/tenant', tenant)).body.styleSheet as string
const square = (size: number) => sharp({ create: { width: size, height: size, channels: 4, background: '#f00' } })

test('[FIN-1] a draft is seen by nobody; published it is the brand of the host at once, and one can go back', async () => {
  const before = await styleSheetOf()
  const drafted = await ask('PATCH', '/v1/brand/draft', {
    displayName: 'Nordwind',
    colours: { primary: '#7a1f1f', accent: '#0b7285' },
    footer: 'Nordwind GmbH',
  })
  expect(drafted).toMatchObject({ status: 200, body: { differs: true, number: 0, warnings: [], published: {} } })
  expect(await styleSheetOf()).toBe(before)
  const published = await ask('POST', '/v1/brand/publish')
  expect(published).toMatchObject({ status: 200, body: { differs: false, number: 1, published: { displayName: 'Nordwind' } } })
  const after = await styleSheetOf()
  expect(after).not.toBe(before)
  const css = await show(after)
  expect(css.text).toContain('--brand-primary: #7a1f1f')
  expect(css.headers).toMatchObject({
    'content-type': expect.stringContaining('text/css'),
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox'),
  })
  expect((await show('/manifest.webmanifest')).text).toContain('"name":"Nordwind"')
  expect((await show('/favicon.ico')).text).toContain('fill="#7a1f1f"')
  await ask('PATCH', '/v1/brand/draft', { displayName: null, colours: null })
  await ask('POST', '/v1/brand/publish')
  // A page that was opened before still finds its colours.
  expect((await show(after)).text).toBe(css.text)
  expect((await show('/v1/public/tenant')).body.displayName).toBe(north.tenant.name)
  expect(await ask('POST', '/v1/brand/restore', { number: 1 })).toMatchObject({ status: 200, body: { number: 3 } })
  expect(await show('/v1/public/tenant')).toMatchObject({
    body: { displayName: 'Nordwind', styleSheet: expect.stringMatching(/^\/brand\/3-/) },
  })
  const { body } = await ask('GET', '/v1/brand/versions')
  expect(body.items).toMatchObject([
    { number: 3, restores: 1, actorKind: 'key', actorId: north.keyId },
    { number: 2, restores: null, content: { footer: 'Nordwind GmbH' } },
    { number: 1, content: { displayName: 'Nordwind' } },
  ])
})

test('who changes or publishes a draft that somebody else changed meanwhile is told so', async () => {
  await ask('PATCH', '/v1/brand/draft', { footer: 'one' })
  version = 0
  expect((await ask('PATCH', '/v1/brand/draft', { footer: 'two' })).status).toBe(412)
  expect((await ask('POST', '/v1/brand/publish')).status).toBe(412)
  expect((await ask('DELETE', '/v1/brand/draft')).status).toBe(412)
  expect((await ask('GET', '/v1/brand')).body).toMatchObject({ draft: { footer: 'one' }, number: 0 })
  expect(await ask('DELETE', '/v1/brand/draft')).toMatchObject({ status: 200, body: { differs: false, draft: {} } })
  expect((await ask('POST', '/v1/brand/publish')).body.code).toBe('conflict')
  expect((await ask('POST', '/v1/brand/restore', { number: 7 })).status).toBe(404)
})

test('[FIN-10] a preset is theme and colours; the style sheet is light, dark, or as the visitor has it', async () => {
  for (const [preset, has] of [
    ['light', /^:root \{ color-scheme: light;(?!.*@media)/s],
    ['dark', /^:root \{ color-scheme: dark;/],
    ['auto', /@media \(prefers-color-scheme: dark\)/],
    ['professional', /--brand-primary: #243447/],
  ] as const) {
    await ask('PATCH', '/v1/brand/draft', { preset })
    await ask('POST', '/v1/brand/publish')
    expect((await show(await styleSheetOf())).text, preset).toMatch(has)
  }
})

test("another tenant's style sheet, picture and version are as absent as those that never were", async () => {
  await upload('logo-light', await square(40).png().toBuffer())
  await ask('PATCH', '/v1/brand/draft', { colours: { primary: '#7a1f1f' } })
  const { body } = await ask('POST', '/v1/brand/publish')
  const id = body.published.images.logoLight as string
  const own = [await styleSheetOf(), `/brand/images/${id}`]
  const never = ['/brand/1-000000000000.css', '/brand/images/018f0000-0000-7000-8000-0000000000ff']
  for (const [at, path] of own.entries()) {
    expect((await show(path)).status, path).toBe(200)
    const [foreign, absent] = [await show(path, south), await show(never[at] as string, south)]
    expect([foreign.status, foreign.text]).toEqual([404, absent.text])
  }
  expect((await node.call('GET', `/v1/brand/images/${id}`, south)).status).toBe(404)
})

test('the bare domain and the operators have the platform’s own; an unknown host and an archived tenant have nothing, alike', async () => {
  const [base, operators] = [
    await show('/manifest.webmanifest', { ...north, host: 'localhost' }),
    await show('/favicon.ico', { ...north, host: 'dashboard.localhost' }),
  ]
  expect([base.status, operators.status]).toEqual([200, 200])
  await node.call('POST', `/v1/tenants/${south.tenant.id}/archive`, {
    host: 'dashboard.localhost',
    key: await operatorKey(node),
    body: { reason: 'A test' },
  })
  for (const path of ['/manifest.webmanifest', '/favicon.ico', '/brand/0-000000000000.css']) {
    const [archived, unknown, elsewhere] = await Promise.all([
      show(path, south),
      show(path, { ...south, host: 'never-was.localhost' }),
      show(path, { ...south, host: 'never.example' }),
    ])
    expect([archived.status, archived.text], path).toEqual([404, unknown.text])
    expect(elsewhere.text).toBe(unknown.text)
  }
})

test('a picture is drawn anew: nothing that was hidden in it is served, and one that is only in the draft is not public', async () => {
  const hidden = await square(1_000)
    .jpeg()
    .withExif({ IFD0: { Copyright: 'hidden words' } })
    .toBuffer()
  expect(hidden.includes('hidden words')).toBe(true)
  const uploaded = await upload('favicon', Buffer.concat([hidden, Buffer.from('<script>trailing</script>')]), 'image/jpeg')
  expect(uploaded.status, uploaded.text).toBe(200)
  const id = uploaded.body.draft.images.favicon as string
  expect((await show(`/brand/images/${id}`)).status).toBe(404)
  await ask('POST', '/v1/brand/publish')
  const response = await fetch(`http://127.0.0.1:${node.port}/v1/brand/images/${id}`, {
    headers: { authorization: `Bearer ${north.key}` },
  })
  const served = Buffer.from(await response.arrayBuffer())
  expect(served.includes('hidden words') || served.includes('trailing')).toBe(false)
  expect(await sharp(served).metadata()).toMatchObject({ format: 'png', width: 192, height: 192 })
  expect(await show('/favicon.ico')).toMatchObject({ status: 302, headers: { location: `/brand/images/${id}` } })
})

test('an SVG becomes pixels: its scripts, links and entities end there', async () => {
  const svg = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY file SYSTEM "file:///etc/passwd">]>
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" onload="alert(1)"><script>alert(1)</script>
    <image href="file:///etc/hostname" width="5" height="5"/><rect width="20" height="10" fill="#0a0"/></svg>`
  // Some editors write declarations of their own; those lead to files and addresses.
  const plain = svg.replace(/<!DOCTYPE.*>\n/, '')
  const uploaded = await upload('logo-dark', Buffer.from(plain), 'image/svg+xml')
  expect(uploaded.status, uploaded.text).toBe(200)
  const id = uploaded.body.draft.images.logoDark
  const response = await fetch(`http://127.0.0.1:${node.port}/v1/brand/images/${id}`, {
    headers: { authorization: `Bearer ${north.key}` },
  })
  expect(response.headers.get('content-type')).toBe('image/png')
  expect(await sharp(Buffer.from(await response.arrayBuffer())).metadata()).toMatchObject({
    format: 'png',
    width: 480,
    height: 240,
  })
  expect((await upload('logo-dark', Buffer.from(svg), 'image/svg+xml')).status).toBe(400)
})

const uses = Array.from({ length: 19 }, (_, index) => `<g id="a${index + 1}">${`<use href="#a${index}"/>`.repeat(10)}</g>`)
const bomb = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a0"><rect width="9" height="9"/></g>${uses.join('')}</svg>`
test.each([
  ['no picture', Buffer.from('<html><script>alert(1)</script></html>'), 'image/png'],
  ['a GIF', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'), 'image/png'],
  ['a PNG of 100 million pixels', undefined, 'image/png'],
  ['an SVG that is ten million things', Buffer.from(bomb), 'image/svg+xml'],
  ['a PNG that is cut off', undefined, 'image/png'],
])(
  '%s is refused within seconds, and the server goes on',
  async (what, bytes, type) => {
    const sent =
      bytes ??
      (what.includes('cut')
        ? (await square(300).png({ compressionLevel: 0 }).toBuffer()).subarray(0, 5_000)
        : await sharp({ create: { width: 10_000, height: 10_000, channels: 3, background: '#000' } })
            .png()
            .toBuffer())
    const pending = upload('logo-light', sent, type)
    expect((await node.call('GET', '/healthz')).status).toBe(200)
    const refused = await pending
    expect(refused.body).toMatchObject({ status: 400, code: 'invalid_request' })
  },
  40_000,
)

test('what is larger than 512 kB, or of another type, is refused before it is looked at', async () => {
  expect((await upload('logo-light', new Uint8Array(512_001))).body.code).toBe('body_too_large')
  expect((await upload('logo-light', Buffer.from('GIF89a'), 'image/gif')).body.code).toBe('unsupported_media_type')
})

test('pictures that no draft and no version shows any more are gone with the next upload; bytes are not in the audit', async () => {
  for (const size of [10, 20, 30]) await upload('logo-light', await square(size).png().toBuffer())
  const scope = node.tenantry.scope({ tenantId: north.tenant.id, actor: { kind: 'system', id: north.tenant.id } })
  expect(await scope.run(sql`select width from tenantry.brand_images`)).toEqual([{ width: 30 }])
  const entries = await scope.run(
    sql<{ after: { bytes: string } }>`select after from tenantry.audit_entries where action = 'tenantry.brand_images.created'`,
  )
  expect(entries.map(({ after }) => after.bytes)).toEqual(['[redacted]', '[redacted]', '[redacted]'])
})
