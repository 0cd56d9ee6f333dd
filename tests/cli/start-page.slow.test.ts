import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../platform/src/testing/free-port.ts'
import { chromiumMissing, openChromium } from '../browser/chromium.test-support.ts'
import { missing, startProxy } from '../domains/proxies.test-support.ts'
import { type Project, project, type Running, start } from './processes.ts'

const noCaddy = missing('caddy', 'version')
for (const reason of [noCaddy, chromiumMissing]) if (reason !== undefined) console.warn(reason)

let here: Project
let dev: Running
let port: number

beforeAll(async () => {
  here = project()
  await begin()
}, 120_000)
afterAll(async () => {
  await dev?.stop()
  here?.remove()
})

/** `npm start`, until the demo is open. */
async function begin(environment: Record<string, string> = {}): Promise<void> {
  dev = start(['dev', '--port', '0'], { cwd: here.folder, environment })
  port = Number(new URL(await dev.address()).port)
  for (const deadline = Date.now() + 60_000; !dev.log.includes('Ctrl-C'); await sleep(50))
    if (Date.now() > deadline) throw new Error(`The demo was not made:\n${dev.log}`)
}

interface Sent {
  readonly method?: string
  readonly host?: string
  readonly to?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

function send(path: string, { method = 'POST', host = 'localhost', to = port, headers = {}, body }: Sent = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body)
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: to,
        path,
        method,
        headers: { host: `${host}:${to}`, ...(text && { 'content-type': 'application/json' }), ...headers },
      },
      (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part) => (received += part))
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: received }))
      },
    )
    outgoing.on('error', reject).end(text)
  })
}

const own = (host = 'localhost', to = port) => ({ origin: `http://${host}:${to}`, 'sec-fetch-site': 'same-origin' })
const owner = `/demo/sign-in/${encodeURIComponent('northwind:owner@northwind.example')}`

/** What anybody gets for an address that never was. */
async function isAbsent(sent: Sent): Promise<boolean> {
  const [asked, never] = await Promise.all([send(owner, sent), send('/demo/never-was', sent)])
  expect([asked.status, asked.text]).toEqual([never.status, never.text])
  return asked.status === 404
}

const peopleOn = async (sent: Sent, path = '/sign-in') => {
  const { text } = await send(path, { ...sent, method: 'GET', headers: { ...sent.headers, accept: 'text/html' } })
  return JSON.parse(/id="boot">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}').demo as { id: string; role: string }[] | undefined
}

test('one click signs in anybody of the demo, and leads to his tenant', async () => {
  expect(dev.log).toContain(`http://localhost:${port}/`)
  const people = (await peopleOn({}, '/')) ?? []
  expect(new Set(people.map(({ role }) => role))).toEqual(new Set(['operator', 'owner', 'admin', 'manager', 'user', 'viewer']))
  for (const role of ['owner', 'viewer'] as const) {
    const way = await send(`/demo/sign-in/${encodeURIComponent(`northwind:${role}@northwind.example`)}`, { headers: own() })
    const url = new URL(JSON.parse(way.text).url)
    expect([url.origin, url.pathname]).toEqual([`http://northwind.localhost:${port}`, '/hand-off'])
    const token = url.hash.replace('#token=', '')
    const there = { host: 'northwind.localhost', headers: own('northwind.localhost') }
    const entered = await send('/v1/auth/hand-off', { ...there, body: { token } })
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
    const minted = await send('/v1/token', { ...there, headers: { ...there.headers, cookie }, body: {} })
    expect(JSON.parse(minted.text)).toMatchObject({ role, tenant: { slug: 'northwind' } })
  }
})

test('the operator is signed in on his own host', async () => {
  const host = 'dashboard.localhost'
  const [operator] = (await peopleOn({ host })) ?? []
  expect(operator?.role).toBe('operator')
  const entered = await send(`/demo/sign-in/${encodeURIComponent(operator?.id ?? '')}`, { host, headers: own(host) })
  const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
  const minted = await send('/v1/operators/token', { host, headers: { ...own(host), cookie } })
  expect(minted.status, minted.text).toBe(200)
})

test('on a host of a tenant there are its own people only', async () => {
  const people = (await peopleOn({ host: 'harbour.localhost' })) ?? []
  expect(people.map(({ id }) => id)).toContain('harbour:owner@harbour.example')
  expect(people.filter(({ id }) => !id.startsWith('harbour:'))).toEqual([])
})

test.skipIf(chromiumMissing !== undefined)('in a browser it is a click, for a member and for the operator', async () => {
  const browser = await openChromium()
  try {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(`http://localhost:${port}/`)
    await page.getByRole('button', { name: /Viewer of Northwind/ }).click()
    await page.waitForURL(`http://northwind.localhost:${port}/`)
    await page.getByRole('navigation').first().waitFor()
    await page.goto(`http://localhost:${port}/`)
    await page.getByRole('button', { name: /Operator/ }).click()
    await page.waitForURL(`http://dashboard.localhost:${port}/sign-in`)
    await page.getByRole('button', { name: /Operator of the platform/ }).click()
    await page.waitForURL(`http://dashboard.localhost:${port}/`)
    await page.getByRole('navigation').first().waitFor()
  } finally {
    await browser.close()
  }
})

test('to another host there is no such door', async () => {
  for (const host of ['tenantry.example', 'localhost.example', '192.168.0.7', '127.0.0.2'])
    expect([host, await isAbsent({ host, headers: own(host) })]).toEqual([host, true])
})

test('to whom somebody else forwards there is no such door', async () => {
  for (const name of ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via']) {
    const headers = { [name]: '127.0.0.1' }
    expect([name, await isAbsent({ headers: { ...own(), ...headers } })]).toEqual([name, true])
    expect([name, await peopleOn({ headers })]).toEqual([name, undefined])
  }
})

test('to a page of another origin, to none at all, and to a GET there is no such door', async () => {
  for (const origin of [
    'https://elsewhere.example',
    `http://northwind.localhost:${port}`,
    `https://localhost:${port}`,
    'null',
    '',
  ])
    expect([origin, await isAbsent({ headers: { origin } })]).toEqual([origin, true])
  expect(await isAbsent({})).toBe(true)
  expect(await isAbsent({ headers: { ...own(), 'sec-fetch-site': 'cross-site' } })).toBe(true)
  expect(await isAbsent({ method: 'GET', headers: own() })).toBe(true)
})

test('for somebody who is not of the demo there is no such door', async () => {
  const never = await send('/demo/never-was', { headers: own() })
  for (const id of ['northwind:nobody@northwind.example', 'northwind:owner@harbour.example', '__proto__', '%00']) {
    const asked = await send(`/demo/sign-in/${encodeURIComponent(id)}`, { headers: own() })
    expect([id, asked.status, asked.text]).toEqual([id, never.status, never.text])
  }
})

test.skipIf(noCaddy !== undefined)('behind a real Caddy there is no such door, and nobody to choose from', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-caddy-'))
  const proxy = await freePort()
  const file = join(folder, 'Caddyfile')
  writeFileSync(
    file,
    `{\n\tadmin off\n\tauto_https off\n}\nhttp://:${proxy} {\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:${port}\n}\n`,
  )
  const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const args = ['run', '--config', file, '--adapter', 'caddyfile']
  const caddy = await startProxy('caddy', args, proxy, { ...process.env, ...home })
  try {
    // The page comes through, and Caddy passes on whatever host and origin a visitor names.
    expect((await send('/', { method: 'GET', to: proxy, headers: { accept: 'text/html' } })).status).toBe(200)
    expect(await peopleOn({ to: proxy })).toBeUndefined()
    for (const [host, at] of [
      ['localhost', proxy],
      ['localhost', port],
      ['127.0.0.1', port],
    ] as const) {
      const headers = { host: `${host}:${at}`, ...own(host, at) }
      expect(await isAbsent({ to: proxy, headers })).toBe(true)
    }
  } finally {
    await caddy.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('with DATABASE_URL set, or a base domain, there is no such door', async () => {
  for (const environment of [
    { DATABASE_URL: 'postgres://shop_app@db.example.com/shop' },
    { TENANTRY_BASE_DOMAIN: 'localhost' },
  ] as Record<string, string>[]) {
    await dev.stop()
    await begin(environment)
    expect(await isAbsent({ headers: own() })).toBe(true)
    expect(await peopleOn({})).toBeUndefined()
    expect(dev.log).not.toContain('Start here')
  }
})
