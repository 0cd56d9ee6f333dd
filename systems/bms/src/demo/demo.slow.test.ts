import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Installation } from '../bms.test-support.ts'
import { connectorOf, installWithConnectors } from '../connector/connector.test-support.ts'
import { BuildingModel } from './building-model.ts'
import { renewDemoKeys } from './demo-keys.ts'
import { renewDemoPeople } from './demo-people.ts'
import { startFeeds } from './feeds.ts'
import { polledBuilding, portfolios } from './portfolio.ts'
import { type DemoTenant, seedDemo } from './seed-demo.ts'
import { startSimulator } from './simulator.ts'

let installation: Installation
let demo: DemoTenant[]

beforeAll(async () => {
  installation = await installWithConnectors()
  demo = await seedDemo(installation.tenantry)
})
afterAll(() => installation?.close())

async function get(key: string | undefined, path: string) {
  const response = await fetch(new URL(path, installation.baseUrl), { headers: { authorization: `Bearer ${key}` } })
  return { status: response.status, body: (await response.json()) as never as Record<string, never> }
}

interface Listed {
  readonly items: { readonly id: string; readonly name: string }[]
}

async function buildingsOf(key: string | undefined): Promise<Listed['items']> {
  return ((await get(key, '/v1/bms/buildings')).body as unknown as Listed).items
}

/** Points of the building's temperature in the last hours. */
async function pointsOf(key: string | undefined, id: string, hours: number): Promise<number> {
  const [start, end] = [new Date(Date.now() - hours * 3_600_000), new Date(Date.now() + 60_000)].map((at) => at.toISOString())
  const { body } = await get(key, `/v1/bms/buildings/${id}/data?start=${start}&end=${end}&point_type=temperature`)
  return (body as unknown as { series: { points: unknown[] }[] }).series[0]?.points.length ?? 0
}

describe('the seed', () => {
  test('makes three customers, each with its own buildings and a day of points', async () => {
    for (const [index, { keys }] of demo.entries()) {
      const found = await buildingsOf(keys?.developer)
      expect(found.map(({ name }) => name)).toEqual(portfolios[index]?.buildings.map(({ name }) => name))
      expect(await pointsOf(keys?.developer, found[0]?.id ?? '', 24)).toBeGreaterThan(280)
    }
  })

  test('run again changes nothing and shows no key a second time', async () => {
    const again = await seedDemo(installation.tenantry)
    expect(again).toEqual(demo.map((tenant) => ({ ...tenant, keys: undefined })))
    expect(await buildingsOf(demo[0]?.keys?.developer)).toHaveLength(3)
  })

  test('[FIN-10] two of them look like themselves, each in colours and a logo of its own that can be read', async () => {
    const seen = new Set<string>()
    for (const [index, { tenantId, slug }] of demo.entries()) {
      const entry = await installation.tenantry.directory.tenantById(tenantId)
      const { branding } = installation.tenantry.services
      const { brand, logo, styleSheet } = await branding.ofHost(entry)
      seen.add(styleSheet)
      expect([slug, Object.keys(logo)]).toEqual([slug, portfolios[index]?.brand === undefined ? [] : ['light', 'dark']])
      if (portfolios[index]?.brand !== undefined) expect(brand.colours.primary).not.toBe('#1f4e79')
      const scope = installation.tenantry.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
      expect([slug, (await branding.read(scope)).warnings]).toEqual([slug, []])
    }
    expect(seen.size).toBe(3)
    expect(portfolios.filter(({ brand }) => brand !== undefined)).toHaveLength(2)
  })

  test("one customer's key opens nothing of the other's", async () => {
    const [northwind, harbour] = demo
    const [building] = await buildingsOf(harbour?.keys?.developer)
    expect(await get(northwind?.keys?.developer, `/v1/bms/buildings/${building?.id}`)).toMatchObject({ status: 404 })
  })

  test("the simulator's key can do no more than it needs", async () => {
    expect(await get(demo[0]?.keys?.simulator, '/v1/bms/sensors')).toMatchObject({ status: 403 })
  })
})

test('[IIOT-3] in the demo there is Demo Corp, and somebody who belongs to several tenants, with a role in each', async () => {
  const people = await renewDemoPeople(installation.tenantry)
  const several = people.find(({ email }) => email === 'both@example.com')
  const signedIn = await fetch(new URL('/v1/auth/sign-in', installation.baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: several?.email, password: several?.password, as: 'program' }),
  })
  const { accessToken } = (await signedIn.json()) as { accessToken: string }
  const { items } = (await get(accessToken, '/v1/me/tenants')).body as never as {
    items: { tenant: { name: string }; role: string }[]
  }
  expect(items.map(({ tenant, role }) => [tenant.name, role]).sort()).toEqual([
    ['Demo Corp', 'admin'],
    ['Harbour Estates', 'viewer'],
    ['Northwind Offices', 'manager'],
  ])
})

describe('the simulator', () => {
  test('sends points for every building, through HTTP, until it is stopped', async () => {
    const key = demo[0]?.keys?.simulator ?? ''
    const found = await buildingsOf(key)
    const before = await Promise.all(found.map(({ id }) => pointsOf(key, id, 1)))
    const simulator = startSimulator({ baseUrl: installation.baseUrl, key, tenant: 'northwind', interval: 0.05 })
    await vi.waitFor(
      async () => {
        const after = await Promise.all(found.map(({ id }) => pointsOf(key, id, 1)))
        for (const [n, count] of after.entries()) expect(count).toBeGreaterThan((before[n] ?? 0) + 2)
      },
      { timeout: 10_000, interval: 100 },
    )
    await simulator.stop()
    const stopped = await pointsOf(key, found[0]?.id ?? '', 1)
    await sleep(200)
    expect(await pointsOf(key, found[0]?.id ?? '', 1)).toBe(stopped)
  })

  test('[BMS-11] leaves one building to its own controller, which is polled', async () => {
    const { keys } = demo[0] as DemoTenant
    const found = await buildingsOf(keys?.developer)
    const polled = found.find(({ name }) => name === polledBuilding.name)?.id ?? ''
    const before = await pointsOf(keys?.developer, polled, 1)
    const said: string[] = []
    const options = {
      baseUrl: installation.baseUrl,
      key: keys?.simulator ?? '',
      interval: 0.05,
      log: (text: string) => void said.push(text),
    }
    const feeds = await startFeeds({ ...options, tenant: 'northwind' })
    // An hour by steps of five seconds, at once: nobody who sends could do that.
    await vi.waitFor(async () => expect(await pointsOf(keys?.developer, polled, 1)).toBeGreaterThan(before + 600), {
      timeout: 20_000,
      interval: 100,
    })
    const { body } = await get(keys?.developer, connectorOf(polled))
    expect(body).toMatchObject({ failures: 0, lastSuccess: { refused: 0 }, secret: { setBy: { kind: 'key' } } })
    await feeds.stop()
    expect(said).toEqual([])
  })

  test('outlives a server that is away, and says so once', async () => {
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))

    const said: string[] = []
    const simulator = startSimulator({
      baseUrl: `http://127.0.0.1:${port}`,
      key: 'k',
      tenant: 'northwind',
      interval: 0.05,
      log: (text) => said.push(text),
    })
    await vi.waitFor(() => expect(said).toHaveLength(1))
    const back = createServer((_, response) => response.setHeader('content-type', 'application/json').end('{"items":[]}'))
    await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve))
    await vi.waitFor(() => expect(said).toHaveLength(2), { timeout: 10_000 })
    await simulator.stop()
    back.closeAllConnections()
    back.close()
    expect(said).toEqual([expect.stringContaining('goes on trying'), 'Simulator of northwind sends again.'])
  })

  test('ends by itself when its key is not accepted any more', async () => {
    const { tenantId, keys } = demo[1] as DemoTenant
    const said: string[] = []
    const simulator = startSimulator({
      baseUrl: installation.baseUrl,
      key: keys?.simulator ?? '',
      tenant: 'harbour',
      interval: 0.05,
      log: (text) => said.push(text),
    })
    const renewed = await renewDemoKeys(installation.tenantry, tenantId)
    await simulator.ended
    expect(said).toEqual([expect.stringContaining('Simulator of harbour ends')])
    expect(await buildingsOf(renewed.simulator)).toHaveLength(2)
  })
})

describe('the model', () => {
  const model = new BuildingModel({ name: 'Castle Street', timeZone: 'Europe/London' })
  const value = (at: string, pointType: string) =>
    model.pointsAt(Date.parse(at)).find((point) => point.pointType === pointType)?.value ?? Number.NaN

  test('draws more power at noon than at night, and on Wednesday than on Sunday', () => {
    expect(value('2026-03-04T11:00:00Z', 'power')).toBeGreaterThan(3 * value('2026-03-04T02:00:00Z', 'power'))
    expect(value('2026-03-04T11:00:00Z', 'power')).toBeGreaterThan(2 * value('2026-03-01T11:00:00Z', 'power'))
  })

  test('shows the same moment the same, and no jumps', () => {
    expect(value('2026-03-04T11:00:00Z', 'co2')).toBe(value('2026-03-04T11:00:00Z', 'co2'))
    expect(Math.abs(value('2026-03-04T11:00:00Z', 'co2') - value('2026-03-04T11:00:05Z', 'co2'))).toBeLessThan(5)
  })
})
