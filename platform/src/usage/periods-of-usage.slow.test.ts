import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { type MeteredTenant, type UsageBench, usageBench } from './usage.test-support.ts'
import type { UsageService } from './usage.ts'

let bench: UsageBench
let usage: UsageService
let north: MeteredTenant
let scope: TenantScope

beforeAll(async () => {
  bench = await usageBench()
  usage = bench.node.tenantry.services.usage
})
afterAll(() => bench?.close())
beforeEach(async () => {
  north = await bench.tenant()
  scope = bench.scope(north)
})
afterEach(() => bench.moveClock('0'))

const hour = 3_600_000
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString()
const event = (key: string, at: string, quantity = 1) => ({ key, meter: 'transactions', quantity, at })
const total = async (start: string, end: string) => (await usage.totals(scope, { start, end }))[0]

test('a period may begin and end at any second, and counts to the event', async () => {
  const begin = Date.now() - 50 * hour
  // One every seven minutes for two days, each with a quantity of its own.
  const events = Array.from({ length: 400 }, (_, n) => ({ at: begin + n * 420_000, quantity: n + 1 }))
  await north.report(...events.map(({ at, quantity }, n) => event(`e-${n}`, new Date(at).toISOString(), quantity)))
  for (const [from, to] of [
    [0, 400 * 420_000],
    [1, 3 * hour],
    [5 * hour + 1_234, 5 * hour + 900_000],
    [7 * hour - 1, 30 * hour + 59_999],
    [60_000, 120_000],
  ] as const) {
    const [start, end] = [begin + from, begin + to]
    const expected = events.filter(({ at }) => at >= start && at < end).reduce((sum, { quantity }) => sum + quantity, 0)
    expect((await total(new Date(start).toISOString(), new Date(end).toISOString()))?.quantity ?? 0).toBe(expected)
  }
})

test('a late event of a sealed period changes nothing there and adjusts the one that is open', async () => {
  const [start, end] = [ago(20 * hour), ago(2 * hour)]
  await north.report(event('in time', ago(10 * hour), 5))
  expect(await usage.seal(scope, { start, end })).toBe(true)
  const sealed = await total(start, end)
  await north.report(event('late', ago(9 * hour), 7), event('not late', ago(hour), 3))
  expect(await total(start, end)).toEqual(sealed)
  await bench.moveClock('2 minutes')
  expect(await total(end, ago(-2 * 60_000))).toEqual({ meter: 'transactions', quantity: 10, adjustments: 7 })
  const { items } = (await north.ask('GET', '/v1/usage')).body
  const late = items.find(({ key }: { key: string }) => key === 'late')
  expect(Date.parse(late.adjusts)).toBe(Date.parse(start))
  expect(Date.parse(late.at)).toBeLessThan(Date.parse(end))
  expect(Date.parse(late.countedAt)).toBeGreaterThan(Date.parse(end))
})

test('a correction of what was billed already is an adjustment that takes away', async () => {
  const [start, end] = [ago(20 * hour), ago(2 * hour)]
  await north.report(event('sale', ago(10 * hour), 50))
  await usage.seal(scope, { start, end })
  await north.report({ key: 'refund', meter: 'transactions', quantity: -20, corrects: 'sale' })
  await bench.moveClock('2 minutes')
  expect(await total(start, end)).toMatchObject({ quantity: 50 })
  expect(await total(end, ago(-2 * 60_000))).toEqual({ meter: 'transactions', quantity: -20, adjustments: -20 })
})

test('what is taken in while a period is sealed is in its total or adjusts the next one, and never neither', async () => {
  const [start, end] = [ago(20 * hour), ago(2 * hour)]
  const reports = Array.from({ length: 24 }, (_, n) => north.report(event(`e-${n}`, ago(10 * hour))))
  const sealing = scope.transaction(async (inside) => {
    await usage.seal(inside, { start, end })
    return (await usage.totals(inside, { start, end }))[0]?.quantity ?? 0
  })
  const [billed, ...answers] = await Promise.all([sealing, ...reports])
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  await bench.moveClock('2 minutes')
  expect((await total(start, end))?.quantity ?? 0).toBe(billed)
  expect(billed + ((await total(end, ago(-2 * 60_000)))?.adjustments ?? 0)).toBe(24)
})

test('a period is sealed once, not before it is over, and not over another', async () => {
  const [start, end] = [ago(20 * hour), ago(2 * hour)]
  expect(await usage.seal(scope, { start, end })).toBe(true)
  expect(await usage.seal(scope, { start, end })).toBe(false)
  await expect(usage.seal(scope, { start: ago(3 * hour), end: ago(hour) })).rejects.toMatchObject({ code: 'conflict' })
  await expect(usage.seal(scope, { start: end, end: ago(-hour) })).rejects.toMatchObject({ code: 'invalid_request' })
})

test("seals are of one tenant: another's late event counts where it happened", async () => {
  const [start, end] = [ago(20 * hour), ago(2 * hour)]
  await usage.seal(scope, { start, end })
  const south = await bench.tenant()
  await south.report(event('e', ago(10 * hour)))
  expect(await usage.totals(bench.scope(south), { start, end })).toEqual([{ meter: 'transactions', quantity: 1, adjustments: 0 }])
})

test('[FIN-8] a day is one of the tenant’s own calendar', async () => {
  const kolkata = await bench.tenant({ timeZone: 'Asia/Kolkata' })
  const yesterday = new Date(Date.now() - 24 * hour).toISOString().slice(0, 10)
  const before = new Date(Date.now() - 48 * hour).toISOString().slice(0, 10)
  // Midnight in Kolkata is half past six in the evening in UTC.
  await kolkata.report(event('evening', `${before}T18:29:59Z`, 1), event('midnight', `${before}T18:30:00Z`, 10))
  expect((await kolkata.ask('GET', `/v1/usage/daily?from=${before}&to=${yesterday}`)).body.items).toEqual([
    { day: before, meter: 'transactions', quantity: 1 },
    { day: yesterday, meter: 'transactions', quantity: 10 },
  ])
})

test('[SEC-2] the usage log is paged, filtered, and shows descriptions and dimensions', async () => {
  const events = Array.from({ length: 25 }, (_, n) => ({
    ...event(`e-${n}`, ago((n + 1) * hour)),
    description: `order ${n}`,
    dimensions: { region: n % 2 === 0 ? 'eu' : 'us' },
  }))
  for (let start = 0; start < 25; start += 10) await north.report(...events.slice(start, start + 10))
  const seen: { key: string; description: string; dimensions: object }[] = []
  let cursor = ''
  do {
    const { body } = await north.ask('GET', `/v1/usage?limit=7&meter=transactions${cursor}`)
    seen.push(...body.items)
    cursor = body.nextCursor === null ? '' : `&cursor=${encodeURIComponent(body.nextCursor)}`
  } while (cursor !== '')
  expect(seen.map(({ key }) => key).sort()).toEqual(events.map(({ key }) => key).sort())
  expect(seen.find(({ key }) => key === 'e-3')).toMatchObject({ description: 'order 3', dimensions: { region: 'us' } })
  const span = `from=${encodeURIComponent(ago(3.5 * hour))}&to=${encodeURIComponent(ago(1.5 * hour))}`
  const { items } = (await north.ask('GET', `/v1/usage?${span}`)).body
  expect(items.map(({ key }: { key: string }) => key).sort()).toEqual(['e-1', 'e-2'])
  expect((await north.ask('GET', '/v1/usage?meter=others')).body).toEqual({ items: [], nextCursor: null })
  const { nextCursor } = (await north.ask('GET', '/v1/usage?limit=1')).body
  expect((await north.ask('GET', `/v1/usage?limit=1&meter=transactions&cursor=${nextCursor}`)).body.code).toBe('invalid_cursor')
})

test.each([
  ['daily?from=2026-02-30', 'invalid_request'],
  ['daily?from=2026-01-02&to=2026-01-01', 'invalid_request'],
  ['history?from=2024-01-01&to=2026-01-01', 'range_too_wide'],
  ['history?name=DROP', 'invalid_request'],
])('%s is refused as %s', async (query, code) => {
  expect((await north.ask('GET', `/v1/usage/${query}`)).body).toMatchObject({ code })
})
