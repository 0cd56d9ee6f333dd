import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BrandChange } from '../../branding/brand-schema.ts'
import { sql } from '../../isolation/statement.ts'
import type { TestDatabase } from '../../testing/test-database.ts'
import {
  type Answer,
  databaseWithSystems,
  startNode,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../tenantry.test-support.ts'

let database: TestDatabase
let node: TestNode
let north: TestTenant
let south: TestTenant
const folder = mkdtempSync(join(tmpdir(), 'tenantry-console-'))
const script = `// ${'a script '.repeat(200)}`

/** As the console's build writes it. */
function build(): void {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  for (const entry of ['sign-in', 'operator', 'portal'])
    writeFileSync(
      join(folder, `${entry}.html`),
      `<!doctype html><html lang="en"><head><meta property="csp-nonce" nonce="__NONCE__"><!--head--><script type="module" nonce="__NONCE__" src="/assets/main-abc123.js"></script></head><body><div id="root"></div><!--boot--></body></html>`,
    )
  writeFileSync(join(folder, 'assets/main-abc123.js'), script)
  writeFileSync(join(folder, 'secret.txt'), 'not for anybody')
}

const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const

beforeAll(async () => {
  build()
  database = await databaseWithSystems()
  node = await startNode(database, { consoleFolder: folder })
  north = await tenantWithKey(node)
  south = await tenantWithKey(node)
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

const visit = (host: string, path = '/', headers: Record<string, string> = {}, method = 'GET') =>
  node.call(method, path, { host, headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...headers } })

const bootOf = ({ text }: Answer) =>
  JSON.parse(/<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}')

async function change(tenant: TestTenant, set: ReturnType<typeof sql>): Promise<void> {
  await node.tenantry.scope({ tenantId: tenant.tenant.id, actor }).run(set)
  await node.tenantry.directory.catchUp()
}

async function publish({ tenant }: TestTenant, brand: BrandChange): Promise<void> {
  const { branding } = node.tenantry.services
  const scope = node.tenantry.scope({ tenantId: tenant.id, actor })
  const { version } = await branding.change(scope, brand, (await branding.read(scope)).version)
  await branding.publish(scope, version)
}

const move = ({ tenant }: TestTenant, name: 'suspend' | 'archive', mode?: 'blocked' | 'read_only') =>
  node.tenantry.services.tenants.move(tenant.id, name, { reason: 'A test', mode }, { actor })

test('[BMS-6] each host has its own entry', async () => {
  const seen: Record<string, unknown> = {}
  for (const host of ['localhost', '127.0.0.1', 'dashboard.localhost', north.host]) {
    const { status, text } = await visit(host)
    seen[host] = [status, /"entry":"([a-z-]+)"/.exec(text)?.[1]]
  }
  expect(seen).toEqual({
    localhost: [200, 'sign-in'],
    '127.0.0.1': [200, 'sign-in'],
    'dashboard.localhost': [200, 'operator'],
    [north.host]: [200, 'portal'],
  })
})

test('[BMS-6] www. is the bare domain', async () => {
  const { status, headers } = await visit('www.localhost', '/sign-up?system=bms')
  expect([status, headers.location]).toEqual([308, `http://localhost:${node.port}/sign-up?system=bms`])
})

test('links of mails lead to the sign-in entry on whatever host they name', async () => {
  const paths = ['/sign-in', '/sign-up', '/reset-password', '/verify-email', '/invitation', '/hand-off']
  for (const host of ['localhost', 'dashboard.localhost', north.host])
    for (const path of paths) expect([host, path, bootOf(await visit(host, path)).entry]).toEqual([host, path, 'sign-in'])
  expect(bootOf(await visit('dashboard.localhost', '/operators/accept')).entry).toBe('sign-in')
  expect(bootOf(await visit(north.host, '/anything/at/all?x=1')).entry).toBe('portal')
})

test('a host without a tenant, an archived one, and an address of no host of ours see one and the same page', async () => {
  const archived = await tenantWithKey(node)
  await move(archived, 'archive')
  const unknown = await visit('never-was.localhost')
  expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  expect(unknown.text).not.toMatch(/tenantry/i)
  const same = ({ status, text, headers: { date: _, 'x-request-id': __, ...headers } }: Answer) => ({ status, text, headers })
  for (const host of [archived.host, 'a.b.localhost', 'shop.example', '203.0.113.7', 'api.localhost'])
    expect([host, same(await visit(host))]).toEqual([host, same(unknown)])
  expect(same(await visit('localhost', '/nothing-here'))).toEqual(same(unknown))
})

test('while a tenant is suspended and can be read, its people still come in', async () => {
  const late = await tenantWithKey(node)
  await move(late, 'suspend', 'read_only')
  expect(bootOf(await visit(late.host)).entry).toBe('portal')
})

test('[FIN-10] a blocked tenant says so on every address, in its own brand and in the visitor’s language, and names nobody else', async () => {
  const blocked = await tenantWithKey(node)
  await publish(blocked, {
    displayName: 'Quiet <Bank>',
    poweredBy: false,
    supportEmail: 'help@bank.example',
    footer: 'Regulated',
  })
  await move(blocked, 'suspend', 'blocked')
  for (const path of ['/', '/sign-in', '/anything/at/all']) {
    const { status, text, headers } = await visit(blocked.host, path)
    expect([path, status, headers['content-type']]).toEqual([path, 403, 'text/html; charset=utf-8'])
    expect(text).toContain('<title>Closed for now · Quiet &#60;Bank&#62;</title>')
    expect(text).toContain('href="mailto:help@bank.example"')
    expect(text).toContain('Regulated')
    expect(JSON.stringify([text, headers])).not.toMatch(/tenantry/i)
    expect(text).not.toContain('A test')
    const [, sheet = ''] = /href="(\/brand\/[^"]+\.css)"/.exec(text) ?? []
    expect((await node.call('GET', sheet, { host: blocked.host })).text).toContain('--brand-primary')
  }
  expect((await visit(blocked.host, '/', { 'accept-language': 'de-AT' })).text).toContain('Zurzeit geschlossen')
  const program = await node.call('GET', '/v1/tenants/current', { host: blocked.host, key: blocked.key })
  expect(program.body).toMatchObject({ suspension: 'blocked' })
})

test('programs get problem documents, whatever the host, and so does every address of the API', async () => {
  for (const [host, path, accept] of [
    [north.host, '/nowhere', '*/*'],
    [north.host, '/nowhere', 'application/json'],
    [north.host, '/v1/nowhere', 'text/html'],
    ['never-was.localhost', '/nowhere', '*/*'],
  ] as const) {
    const { status, body } = await visit(host, path, { accept })
    expect([host, path, status, body?.code]).toEqual([host, path, 404, 'not_found'])
  }
  const posted = await visit(north.host, '/sign-in', {}, 'POST')
  expect([posted.status, posted.body.code]).toEqual([404, 'not_found'])
})

test('a page runs nothing but files of its own host, is kept by nobody and framed by nobody', async () => {
  const { headers } = await visit(north.host)
  const policy = String(headers['content-security-policy'])
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
    expect(policy.split(';')).toContain(part)
  expect(policy).toMatch(/style-src 'self' 'nonce-[\w+/=]{20,}'(;|$)/)
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
})

test('the nonce is another one in every answer, and the page bears that of its policy', async () => {
  const nonces = new Set<string>()
  for (let n = 0; n < 5; n += 1) {
    const { headers, text } = await visit(north.host)
    const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? ''
    expect(text.split(`nonce="${nonce}"`)).toHaveLength(3)
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(5)
})

test('a HEAD is answered like the GET, without a body', async () => {
  const { status, text, headers } = await visit(north.host, '/', {}, 'HEAD')
  expect([status, text, headers['content-type']]).toEqual([200, '', 'text/html; charset=utf-8'])
  expect((await visit('never-was.localhost', '/', {}, 'HEAD')).status).toBe(404)
})

test("markup in a tenant's name stays text, in the title and in the data", async () => {
  const name = '</script><script>alert(1)</script>"\'&'
  await change(south, sql`update tenantry.tenants set name = ${name} where id = ${south.tenant.id}`)
  const answer = await visit(south.host)
  expect(answer.text).not.toContain('<script>alert')
  expect(answer.text).toContain('<title>&#60;/script&#62;')
  expect(bootOf(answer).name).toBe(name)
})

test("[FIN-10] a tenant's page names the tenant, and no other", async () => {
  await change(north, sql`update tenantry.tenants set name = 'Northwind Halls' where id = ${north.tenant.id}`)
  await change(south, sql`update tenantry.tenants set name = 'Southern Mills' where id = ${south.tenant.id}`)
  const [first, other] = [await visit(north.host), await visit(south.host)]
  expect(first.text).toContain('<title>Northwind Halls</title>')
  expect(first.text).not.toContain('Southern Mills')
  expect(first.text).not.toContain(south.tenant.slug)
  expect(other.text).toContain('<title>Southern Mills</title>')
  expect(bootOf(first)).toMatchObject({
    tenant: { slug: north.tenant.slug, system: 'shelf' },
    base: `http://localhost:${node.port}`,
  })
})

test('[FIN-10] where a tenant shows itself alone, neither page nor headers name the platform', async () => {
  await publish(south, { displayName: 'Quiet Bank', poweredBy: false, footer: 'Regulated' })
  await expect.poll(async () => (await visit(south.host)).text, { timeout: 10_000 }).toContain('Quiet Bank')
  for (const path of ['/', '/sign-in', '/reset-password', '/anything']) {
    const { text, headers } = await visit(south.host, path)
    expect(text).toContain('<title>Quiet Bank</title>')
    expect(JSON.stringify([text, headers])).not.toMatch(/tenantry/i)
  }
})

const languageOn = async (host: string, wish: string) =>
  /<html lang="(\w+)"/.exec((await visit(host, '/', { 'accept-language': wish })).text)?.[1]

test('a page of no tenant is in the language that the browser asks for, where it is spoken', async () => {
  const languageOf = (wish: string) => languageOn('localhost', wish)
  expect(await languageOf('de-AT,de;q=0.9,en;q=0.8')).toBe('de')
  expect(await languageOf('fr,en;q=0.3,de;q=0.9')).toBe('de')
  expect(await languageOf('fr')).toBe('en')
  expect(await languageOf('"><script>')).toBe('en')
})

test('[SEC-1] a page of a tenant begins in the language of the tenant, where it is spoken; else in that of the browser', async () => {
  for (const [locale, wish, expected] of [
    ['de-DE', 'en', 'de'],
    ['en-US', 'de', 'en'],
    ['fr-FR', 'de', 'de'],
  ] as const) {
    await change(north, sql`update tenantry.tenants set locale = ${locale}, version = version + 1 where id = ${north.tenant.id}`)
    expect([locale, bootOf(await visit(north.host)).locale]).toEqual([locale, locale])
    expect([locale, await languageOn(north.host, wish)]).toEqual([locale, expected])
  }
})

test('pages that say that there is nothing, or that something failed, speak the visitor’s language', async () => {
  const german = { 'accept-language': 'de' }
  expect((await visit('never-was.localhost', '/', german)).text).toMatch(/<html lang="de">[\s\S]*<h1>Hier ist nichts</)
  expect((await visit('shop.example', '/', german)).text).toContain('Hier ist nichts')
  const few = await startNode(database, { consoleFolder: folder, lookUpRate: 1 })
  try {
    const guess = (n: number) =>
      few.call('GET', '/', { host: `never-${n}-was.localhost`, headers: { accept: 'text/html', ...german } })
    let refused = await guess(0)
    for (let n = 1; n < 50 && refused.status !== 429; n += 1) refused = await guess(n)
    expect([refused.status, refused.headers['content-type'], refused.headers['retry-after']]).toEqual([
      429,
      'text/html; charset=utf-8',
      expect.stringMatching(/^\d+$/),
    ])
    expect(refused.text).toContain('Zu viele Besuche auf einmal')
  } finally {
    await few.tenantry.close()
  }
})

test('files of the build are kept for good, and travel as small as the browser takes them', async () => {
  const plain = await node.call('GET', '/assets/main-abc123.js', { host: north.host })
  expect([plain.status, plain.text]).toEqual([200, script])
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  })
  for (const [accepted, coding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['zstd', undefined],
  ] as const) {
    const { headers } = await node.call('GET', '/assets/main-abc123.js', { headers: { 'accept-encoding': accepted } })
    expect([accepted, headers['content-encoding']]).toEqual([accepted, coding])
  }
})

test('nothing beside the files of the build can be fetched', async () => {
  const paths = [
    '/assets/../secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%5csecret.txt',
    '/assets/',
    '/assets/.',
    '/assets/__proto__',
    '/assets/main-abc123.js%00',
    '/secret.txt',
    '/portal.html',
    '//etc/passwd',
  ]
  for (const path of paths) {
    const { status, text } = await node.call('GET', path, { host: north.host })
    expect([path, status]).toEqual([path, 404])
    expect(text).not.toContain('not for anybody')
  }
})

test('without a build the API is at work, and a page says what is missing; once it is there nobody has to start again', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'tenantry-no-console-'))
  const bare = await startNode(database, { consoleFolder: empty })
  try {
    const look = () => bare.call('GET', '/', { host: north.host, headers: { accept: 'text/html' } })
    const before = await look()
    expect([before.status, before.text]).toEqual([503, expect.stringContaining('npm start')])
    expect((await bare.call('GET', '/v1/shelf/racks', { host: north.host, key: north.key })).status).toBe(200)
    for (const entry of ['sign-in', 'operator', 'portal']) writeFileSync(join(empty, `${entry}.html`), '<!--boot-->')
    mkdirSync(join(empty, 'assets'))
    utimesSync(join(empty, 'sign-in.html'), new Date(), new Date())
    await expect.poll(async () => (await look()).status, { timeout: 10_000 }).toBe(200)
  } finally {
    await bare.tenantry.close()
    rmSync(empty, { recursive: true, force: true })
  }
})
