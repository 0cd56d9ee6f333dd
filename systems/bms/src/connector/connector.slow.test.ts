import type { RequestListener } from 'node:http'
import { createTenantry } from 'tenantry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client, Installation } from '../bms.test-support.ts'
import { bms } from '../system.ts'
import {
  allowing,
  asOwner,
  type BadController,
  connectorOf,
  controllerThat,
  installWithConnectors,
  newBuilding,
  passTime,
  pointCount,
} from './connector.test-support.ts'
import { findConnector, putConnector } from './connector-queries.ts'
import { type Controller, type ControllerOptions, startController } from './simulator/controller.ts'

const secret = 'open sesame 42'
const building = { name: 'Mill Yard', timeZone: 'Europe/London' }
/** Four kinds a minute over a day, both ends included. */
const pointsOfDay = 4 * (24 * 60 + 1)

let installation: Installation
let mine: Client
let id: string
const running: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  installation = await installWithConnectors()
})
afterAll(() => installation?.close())
beforeEach(async () => {
  mine = await installation.customer()
  id = await newBuilding(mine)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
})

async function controller(options: Partial<ControllerOptions> = {}): Promise<Controller> {
  const started = await startController({ building, secret, ...options })
  running.push(started)
  return started
}

async function bad(answers: RequestListener): Promise<BadController> {
  const started = await controllerThat(answers)
  running.push(started)
  return started
}

const put = (body: unknown, client = mine, of = id) => client.send('PUT', connectorOf(of), { body })
const state = async (client = mine, of = id) => (await client.get(connectorOf(of))).body
const tryNow = async (client = mine, of = id) => (await client.post(`${connectorOf(of)}/test`, undefined)).body
const eventually = { timeout: 30_000, interval: 100 }

describe('polling', () => {
  test('[BMS-11] points of a controller come by themselves, and it is shown when it last worked', async () => {
    const noon = Math.floor(Date.now() / 60_000) * 60_000
    const { url } = await controller({ clock: () => noon })
    expect(await put({ url, secret })).toMatchObject({ status: 200, body: { lastSuccess: null, failures: 0 } })
    await expect.poll(async () => (await state()).lastSuccess?.points, eventually).toBeGreaterThan(1_000)
    expect(await state()).toMatchObject({ failures: 0, lastFailure: null, lastSuccess: { refused: 0 } })
    expect(Date.parse((await state()).nextPollAt)).toBeGreaterThan(Date.now() + 30_000)
    expect(await pointCount(mine, id)).toBeGreaterThan(1_000)
    // The controller sends 5,000 at a time, the oldest first: the rest comes with the polls that follow.
    await tryNow()
    await tryNow()
    expect((await state()).lastSuccess.newestPointAt).toBe(new Date(noon).toISOString())
    const count = await pointCount(mine, id)
    expect(Math.abs(count - pointsOfDay)).toBeLessThanOrEqual(8)
  })

  test('[BMS-11] a poll that is repeated doubles no point, and a value that was mended counts', async () => {
    let value = 1
    const points = () => [1, 2, 3].map((minute) => ({ point_type: 'co2', time: `2026-01-01T00:0${minute}:00Z`, value }))
    const { url, seen } = await bad((_, response) => response.end(JSON.stringify(points())))
    await put({ url })
    await expect.poll(() => pointCount(mine, id), eventually).toBe(3)
    value = 2
    expect(await tryNow()).toEqual({ code: 'ok', points: 3, refused: 0 })
    expect(await tryNow()).toEqual({ code: 'ok', points: 3, refused: 0 })
    expect(await pointCount(mine, id)).toBe(3)
    const { body } = await mine.get(`/v1/bms/buildings/${id}/data?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z`)
    expect(body.series[0].points.map((point: { value: number }) => point.value)).toEqual([2, 2, 2])
    expect(seen.at(-1)?.url).toBe('/points?since=2025-12-31T23%3A53%3A00Z')
  })

  test('a controller with names of its own is understood, and what its address asks for stays', async () => {
    const { url, seen } = await bad((_, response) =>
      response.end(JSON.stringify({ data: [{ kind: 'Power', at: '2026-01-01T00:00:00Z', v: 3.5, u: 'kW' }, { kind: 'Power' }] })),
    )
    await put({
      url: `${url}?site=7&since=never`,
      secret,
      secretHeader: 'X-Api-Key',
      fields: { points: 'data', pointType: 'kind', time: 'at', value: 'v', unit: 'u' },
    })
    expect(await tryNow()).toEqual({ code: 'ok', points: 1, refused: 1 })
    expect(seen[0]?.url).toMatch(/^\/points\?site=7&since=20[^&]*$/)
    expect(seen[0]?.headers).toMatchObject({ 'x-api-key': secret })
    expect(seen[0]?.headers.authorization).toBeUndefined()
  })

  test('[BMS-11] after a failure the pause grows, the next success ends it, and both are shown', async () => {
    let works = false
    const { url } = await bad((_, response) => (works ? response.end('[]') : response.writeHead(500).end('boiler on fire')))
    await put({ url, pollSeconds: 100 })
    await expect.poll(async () => (await state()).failures, eventually).toBe(1)
    for (const failures of [2, 3]) {
      expect(await tryNow()).toEqual({ code: 'answered_error', points: 0, refused: 0 })
      const shown = await state()
      expect(shown).toMatchObject({ failures, lastSuccess: null, lastFailure: { code: 'answered_error' } })
      const pause = (Date.parse(shown.nextPollAt) - Date.parse(shown.lastFailure.at)) / 1_000
      expect(pause / (100 * 2 ** failures)).toBeGreaterThan(0.74)
      expect(pause / (100 * 2 ** failures)).toBeLessThan(1.26)
    }
    expect(JSON.stringify(await state())).not.toContain('boiler')
    works = true
    await tryNow()
    expect(await state()).toMatchObject({ failures: 0, lastSuccess: { points: 0 }, lastFailure: { code: 'answered_error' } })
  })

  const codes: [string, RequestListener, string][] = [
    ['does not know the secret', (_, response) => response.writeHead(401).end(), 'refused'],
    ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end(), 'redirected'],
    ['shows a page', (_, response) => response.end('<html>Login</html>'), 'unreadable'],
    ['has other names', (_, response) => response.end('{"points":[{"temp":21}]}'), 'unreadable'],
    ['sends too much', (_, response) => response.end(Buffer.alloc(5_000_000, ' ')), 'too_large'],
    ['breaks off', (request) => request.socket.destroy(), 'broken_off'],
  ]
  test.each(codes)('a controller that %s is told as that, and stores nothing', async (_, answers, code) => {
    const { url } = await bad(answers)
    await put({ url })
    expect(await tryNow()).toEqual({ code, points: 0, refused: 0 })
    expect(await pointCount(mine, id)).toBe(0)
  })

  test('[BMS-11] an address that no operator allowed is not called', async () => {
    for (const url of [
      'http://127.0.0.2:1/',
      'https://10.0.0.1/',
      'http://169.254.169.254/latest/meta-data',
      'http://[::1]/',
      'http://8.8.8.8/',
    ]) {
      await put({ url })
      expect(await tryNow()).toMatchObject({ code: 'address_refused' })
    }
  })

  test('a plan without room for more sensors is said, and nothing is stored', async () => {
    const small = await installation.customer('base')
    const of = await newBuilding(small)
    const { url } = await bad((_, response) => {
      const points = Array.from({ length: 501 }, (_, n) => ({
        point_type: 'co2',
        time: '2026-01-01T00:00:00Z',
        value: n,
        sensor: `${n}`,
      }))
      response.end(JSON.stringify(points))
    })
    await put({ url }, small, of)
    expect(await tryNow(small, of)).toMatchObject({ code: 'quota_exceeded' })
    expect(await pointCount(small, of)).toBe(0)
  })

  test('a controller whose clock is ahead does not make us ask for the future', async () => {
    const ahead = new Date(Date.now() + 12 * 3_600_000).toISOString()
    const { url, seen } = await bad((_, response) => response.end(JSON.stringify([{ point_type: 'co2', time: ahead, value: 1 }])))
    await put({ url })
    await tryNow()
    await tryNow()
    const since = new URL(seen.at(-1)?.url ?? '', 'http://c').searchParams.get('since') ?? ''
    expect(Date.parse(since)).toBeLessThan(Date.now())
  })

  test('one that is paused is polled when somebody asks for it, and by itself again when it is not paused any more', async () => {
    const { url, seen } = await bad((_, response) => response.end('[]'))
    expect((await put({ url, paused: true })).body).toMatchObject({ paused: true, nextPollAt: null })
    expect(await tryNow()).toMatchObject({ code: 'ok' })
    expect(await state()).toMatchObject({ nextPollAt: null, lastSuccess: { points: 0 } })
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(seen.length).toBe(1)
    await put({ url })
    await expect.poll(() => seen.length, eventually).toBe(2)
    expect((await state()).nextPollAt).not.toBeNull()
    await put({ url, paused: true })
    await passTime(installation, 120)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(seen.length).toBe(2)
  })

  test('who is taken away is polled no more, and his points stay', async () => {
    const { url, seen } = await bad((_, response) =>
      response.end(JSON.stringify([{ point_type: 'co2', time: '2026-01-01T00:00:00Z', value: 1 }])),
    )
    await put({ url, pollSeconds: 10 })
    await expect.poll(() => pointCount(mine, id), eventually).toBe(1)
    expect((await mine.send('DELETE', connectorOf(id))).status).toBe(204)
    expect(await mine.get(connectorOf(id))).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await mine.send('DELETE', connectorOf(id))).toMatchObject({ status: 404 })
    const before = seen.length
    await passTime(installation, 60)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect([seen.length, await pointCount(mine, id)]).toEqual([before, 1])
  })
})

describe('the secret', () => {
  test('[BMS-11] goes to the controller, and nowhere else: no answer, no audit entry, no row shows it', async () => {
    const { url, seen } = await bad((_, response) => response.end('[]'))
    const answers = [await put({ url, secret }), await mine.get(connectorOf(id)), await mine.get('/v1/audit')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await tryNow()
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${secret}`)
    expect(answers[0]?.body.secret).toMatchObject({ setBy: { kind: 'key' }, fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) })
    const rows = await asOwner(
      installation.database.superuserUrl,
      `select c::text as row from bms.connectors c union all
      select a::text from tenantry.audit_entries a union all select e::text from tenantry.events e`,
    )
    const everything = `${answers.map(({ text }) => text).join('')}${JSON.stringify(rows)}`
    expect(everything).toContain(id)
    for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) {
      expect(everything).not.toContain(form)
    }
  })

  test('stays when it is left out, and is gone when it is taken away', async () => {
    const { url, seen } = await bad((_, response) => response.end('[]'))
    const first = (await put({ url, secret })).body
    const second = (await put({ url: `${url}?site=7`, pollSeconds: 30 })).body
    expect(second).toMatchObject({ secret: first.secret, pollSeconds: 30, version: 2 })
    await tryNow()
    expect(seen.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`)
    expect((await put({ url, secret: null })).body.secret).toBeNull()
    await tryNow()
    expect(seen.at(-1)?.headers.authorization).toBeUndefined()
    expect((await put({ url, secret: 'another one' })).body.secret.fingerprint).not.toBe(first.secret.fingerprint)
  })

  test('[BMS-11] does not go to another address or in another header than those it was given for', async () => {
    const { url } = await bad((_, response) => response.end('[]'))
    const thief = await bad((_, response) => response.end('[]'))
    await put({ url, secret })
    for (const body of [{ url: thief.url }, { url, secretHeader: 'x-key' }, { url: url.replace('http:', 'https:') }]) {
      expect(await put(body)).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer: '/secret' }] } })
    }
    expect(await state()).toMatchObject({ url, version: 1 })
    expect(await put({ url: thief.url, secret: null })).toMatchObject({ status: 200 })
    await tryNow()
    expect(JSON.stringify(thief.seen)).not.toContain(secret)
  })

  test('[BMS-11] kept by somebody who saw the connector before another one changed it, is not sent where he meant it to go', async () => {
    const first = await bad((_, response) => response.end('[]'))
    const second = await bad((_, response) => response.end('[]'))
    await put({ url: first.url, secret: 'for the first' })
    const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000d' } as const
    const scope = installation.tenantry.scope({ tenantId: mine.tenantId, actor })
    const seen = await findConnector(scope, id)
    await put({ url: second.url, secret: 'for the second' })
    const stale = { url: first.url, secret: undefined, secretHeader: 'authorization', pollSeconds: 60, paused: false, fields: {} }
    expect(await putConnector(scope, id, stale, seen?.version ?? 0)).toBeUndefined()
    await tryNow()
    expect(JSON.stringify(first.seen)).not.toContain('for the second')
    expect(second.seen.at(-1)?.headers.authorization).toBe('Bearer for the second')
  })

  test('whose key was destroyed is told, and can be set anew', async () => {
    const { url } = await controller()
    await put({ url, secret })
    const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000d' } as const
    await installation.tenantry.services.secrets.shred(installation.tenantry.scope({ tenantId: mine.tenantId, actor }))
    expect(await tryNow()).toMatchObject({ code: 'secret_unreadable' })
    await put({ url, secret })
    expect(await tryNow()).toMatchObject({ code: 'ok' })
  })

  const address = 'https://controller.example/'
  test.each([
    ['another protocol', { url: 'ftp://controller.example/' }],
    ['a password in the address', { url: 'https://user:password@controller.example/' }],
    ['a name instead of an address', { url: 'controller.example' }],
    ['a fragment', { url: `${address}#x` }],
    ['a secret of two lines', { url: address, secret: 'two\r\nlines' }],
    ['an empty secret', { url: address, secret: '' }],
    ["a header that is HTTP's own", { url: address, secretHeader: 'host' }],
    ['a header with a value', { url: address, secretHeader: 'x-a: b' }],
    ['polls without pause', { url: address, pollSeconds: 9 }],
    ['a building in the body', { url: address, buildingId: '018f0000-0000-7000-8000-000000000001' }],
    ['a field that there is not', { url: address, fields: { point: 'x' } }],
  ])('%s is refused', async (_, body) => {
    expect(await put(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect((await mine.get(connectorOf(id))).status).toBe(404)
  })
})

describe('who may', () => {
  test("another tenant's connector is as absent as one that never was", async () => {
    const { url } = await controller()
    await put({ url, secret })
    const stranger = await installation.customer()
    const never = '018f0000-0000-7000-8000-00000000ffff'
    const ask = async (of: string) => [
      await stranger.get(connectorOf(of)),
      await put({ url }, stranger, of),
      await stranger.send('DELETE', connectorOf(of)),
      await stranger.post(`${connectorOf(of)}/test`, undefined),
    ]
    const [theirs, nobodys] = [await ask(id), await ask(never)]
    expect(theirs.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    expect(theirs.map(({ text }) => plain(text, id))).toEqual(nobodys.map(({ text }) => plain(text, never)))
    expect(await state()).toMatchObject({ url, version: 1 })
  })
  const plain = (text: string, of: string) => text.replaceAll(of, 'id').replace(/"(requestId|instance)":"[^"]*"/g, '')

  test('[BMS-4] a key limited to buildings sets connectors of those alone', async () => {
    const other = await newBuilding(mine, 'Castle Street')
    const limited = await installation.key(mine, { buildings: [id] })
    const { url } = await controller()
    expect((await put({ url, secret }, limited)).status).toBe(200)
    expect(await put({ url }, limited, other)).toMatchObject({
      status: 403,
      body: { code: 'building_not_granted', buildingId: other },
    })
    await put({ url, secret }, mine, other)
    expect(await limited.get(connectorOf(other))).toMatchObject({ status: 403, body: { code: 'building_not_granted' } })
    expect(await tryNow(limited, other)).toMatchObject({ code: 'building_not_granted' })
    expect(await limited.send('DELETE', connectorOf(other))).toMatchObject({ status: 403 })
    expect((await state(mine, other)).version).toBe(1)
  })

  test('a key that may write buildings and points may not see or set a connector', async () => {
    const permissions = ['bms.buildings:read', 'bms.buildings:write', 'bms.points:write', 'bms.sensors:write']
    const key = await installation.key(mine, { permissions })
    const { url } = await controller()
    expect(await put({ url }, key)).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'bms.connectors:write' },
    })
    expect(await key.get(connectorOf(id))).toMatchObject({ status: 403, body: { permission: 'bms.connectors:read' } })
    expect(bms.roles.manager).not.toContain('bms.connectors:read')
    expect(bms.roles.admin).toContain('bms.connectors:write')
  })
})

test("[BMS-11] one tenant's dead controllers delay nobody else's", async () => {
  const dead = await bad(() => undefined)
  for (let n = 0; n < 9; n += 1) {
    const of = await newBuilding(mine, `House ${n}`)
    await put({ url: dead.url }, mine, of)
  }
  await expect.poll(() => dead.seen.length, eventually).toBeGreaterThanOrEqual(4)
  const neighbour = await installation.customer()
  const of = await newBuilding(neighbour)
  const { url } = await controller()
  await put({ url, secret }, neighbour, of)
  await expect.poll(async () => (await state(neighbour, of)).lastSuccess?.points, eventually).toBeGreaterThan(0)
  // Four hang at a time, until each is given up after ten seconds: the neighbour came before the last of them.
  expect(dead.seen.length).toBeLessThan(9)
})

test("[BMS-11] each tenant's poll sees its own secret and writes into its own building, though both poll one controller", async () => {
  const neighbour = await installation.customer()
  const of = await newBuilding(neighbour)
  const { url, seen } = await bad((request, response) => {
    const value = request.headers.authorization === 'Bearer of mine' ? 1 : 2
    response.end(JSON.stringify([{ point_type: 'co2', time: '2026-01-01T00:00:00Z', value }]))
  })
  await Promise.all([put({ url, secret: 'of mine' }), put({ url, secret: 'of the neighbour' }, neighbour, of)])
  await expect.poll(() => seen.length, eventually).toBeGreaterThanOrEqual(2)
  const values = async (client: Client, building: string) => {
    const { body } = await client.get(`/v1/bms/buildings/${building}/data?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z`)
    return body.series.map(({ points }: { points: { value: number }[] }) => points.map(({ value }) => value))
  }
  await expect.poll(() => values(mine, id), eventually).toEqual([[1]])
  await expect.poll(() => values(neighbour, of), eventually).toEqual([[2]])
})

test('the doctor finds nothing wrong with the tables of connectors', async () => {
  const { findings } = await installation.tenantry.doctor()
  expect(findings.filter(({ object }) => /bms\.(connector|gateway)/.test(object))).toEqual([])
})

test('[BMS-11] another process goes on where one ended', async () => {
  const { url, seen } = await bad((_, response) => response.end('[]'))
  await put({ url, pollSeconds: 20 })
  await expect.poll(async () => (await state()).lastSuccess?.at, eventually).toBeDefined()
  await installation.tenantry.close()
  const before = seen.length
  await passTime(installation, 120)
  const { appUrl: databaseUrl, directoryUrl } = installation.database
  const next = await createTenantry({
    databaseUrl,
    directoryUrl,
    systems: [bms],
    configuration: { logLevel: 'silent', ...allowing },
  })
  running.push({ stop: () => next.close() })
  await expect.poll(() => seen.length, eventually).toBeGreaterThan(before)
})
