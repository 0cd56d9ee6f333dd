import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MeteredTenant, type UsageBench, usageBench } from './usage.test-support.ts'

let bench: UsageBench
let north: MeteredTenant

beforeAll(async () => {
  bench = await usageBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  north = await bench.tenant()
})
afterEach(() => bench.moveClock('0'))

const event = (key: string, changes: object = {}) => ({ key, meter: 'transactions', quantity: 1, ...changes })
const some = (count: number, from = 0) => Array.from({ length: count }, (_, n) => event(`e-${n + from}`))
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const verdicts = (answer: { body: { items: { verdict: string; code: string | null }[] } }) =>
  answer.body.items.map(({ verdict, code }) => code ?? verdict)

/** Sums of the tenant: by the log, by hours and by days. They are the same, whatever happened. */
async function sums({ tenant } = north, meter = 'transactions'): Promise<number[]> {
  const of = (table: string) =>
    `(select coalesce(sum(quantity), 0)::int from tenantry.${table} where tenant_id = $1 and meter = $2)`
  const { rows } = await bench.superuser.query<{ sums: number[] }>(
    `select array[${['usage_events', 'usage_hours', 'usage_days'].map(of)}] as sums`,
    [tenant.id, meter],
  )
  return rows[0]?.sums ?? []
}

test('of a batch of 100 with 40 that were sent before, 60 are accepted and 40 are duplicates', async () => {
  await north.report(...some(40))
  const answer = await north.report(...some(100))
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toMatchObject({ accepted: 60, duplicates: 40, rejected: 0 })
  expect(verdicts(answer)).toEqual([...Array(40).fill('duplicate'), ...Array(60).fill('accepted')])
  expect(await sums()).toEqual([100, 100, 100])
})

test('a batch of 1,000 is taken whole, and one more event is refused with nothing stored', async () => {
  expect((await north.report(...some(1_001))).body).toMatchObject({ code: 'invalid_request' })
  expect(await sums()).toEqual([0, 0, 0])
  expect((await north.report(...some(1_000))).body).toMatchObject({ accepted: 1_000 })
  expect(await sums()).toEqual([1_000, 1_000, 1_000])
})

test('an event twice in one batch counts once', async () => {
  const answer = await north.report(event('a', { quantity: 7 }), event('a', { quantity: 7 }), event('a', { quantity: 8 }))
  expect(verdicts(answer)).toEqual(['accepted', 'duplicate', 'idempotency_key_reused'])
  expect(await sums()).toEqual([7, 7, 7])
})

test('the same event is a duplicate for good, long after it is too old to be new', async () => {
  const old = event('old', { at: minutesAgo(60) })
  await north.report(old)
  await bench.moveClock('60 days')
  expect(verdicts(await north.report(old))).toEqual(['duplicate'])
  expect(await sums()).toEqual([1, 1, 1])
})

test('the same batch from ten callers at once is counted once', async () => {
  const batch = some(200)
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => north.report(...(n % 2 === 0 ? batch : batch.toReversed()))),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
  expect(answers.reduce((sum, { body }) => sum + body.accepted, 0)).toBe(200)
  expect(answers.reduce((sum, { body }) => sum + body.duplicates, 0)).toBe(1_800)
  expect(await sums()).toEqual([200, 200, 200])
})

test('keys are of one tenant: another uses the same ones, and sees nothing of the first', async () => {
  const south = await bench.tenant()
  await north.report(event('shared', { description: 'of the north' }))
  expect(verdicts(await south.report(event('shared', { quantity: 5 })))).toEqual(['accepted'])
  expect((await south.ask('GET', '/v1/usage')).body.items).toMatchObject([{ key: 'shared', quantity: 5, description: null }])
  expect(verdicts(await south.report(event('back', { quantity: -1, corrects: 'only-north' })))).toEqual(['unknown_original'])
})

test('what happened 35 days ago to 5 minutes ahead is taken, beyond that it is told apart from the rest', async () => {
  const answer = await north.report(
    event('oldest', { at: minutesAgo(35 * 1_440 - 5) }),
    event('too old', { at: minutesAgo(35 * 1_440 + 5) }),
    event('ahead', { at: minutesAgo(-4) }),
    event('too far', { at: minutesAgo(-8) }),
    event('now'),
  )
  expect(verdicts(answer)).toEqual(['accepted', 'too_old', 'accepted', 'too_far_ahead', 'accepted'])
  expect(await sums()).toEqual([3, 3, 3])
})

test('meters that the plan does not have, counted limits and what the platform counts itself are rejected', async () => {
  const meters = ['unheard_of', 'racks', 'api_calls', 'sign_ins']
  const answer = await north.report(...meters.map((meter) => event(meter, { meter })))
  expect(verdicts(answer)).toEqual(['unknown_meter', 'unknown_meter', 'platform_meter', 'platform_meter'])
})

test('a correction takes back once, no more than there was, where its original counted', async () => {
  const at = minutesAgo(3 * 1_440)
  await north.report(event('sale', { quantity: 100, at }))
  const back = (key: string, quantity: number) => event(key, { quantity, corrects: 'sale' })
  expect(verdicts(await north.report(back('too much', -101)))).toEqual(['correction_too_large'])
  expect(verdicts(await north.report(back('refund', -30)))).toEqual(['accepted'])
  expect(verdicts(await north.report(back('refund', -30), back('again', -10)))).toEqual(['duplicate', 'already_corrected'])
  expect(verdicts(await north.report(event('of a correction', { quantity: -1, corrects: 'refund' })))).toEqual([
    'unknown_original',
  ])
  expect((await north.ask('GET', `/v1/usage/daily?from=${at.slice(0, 10)}&to=${at.slice(0, 10)}`)).body.items).toEqual([
    { day: at.slice(0, 10), meter: 'transactions', quantity: 70 },
  ])
  expect(await sums()).toEqual([70, 70, 70])
})

test('of corrections of one event that come at once, one is accepted', async () => {
  await north.report(event('sale', { quantity: 10 }))
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => north.report(event(`refund-${n}`, { quantity: -1, corrects: 'sale' }))),
  )
  expect(answers.flatMap(verdicts).sort()).toEqual(['accepted', ...Array(7).fill('already_corrected')])
  expect(await sums()).toEqual([9, 9, 9])
})

test.each([
  ['a fraction', { quantity: 1.5 }],
  ['nothing', { quantity: 0 }],
  ['less than nothing without an original', { quantity: -1 }],
  ['more than nothing as a correction', { corrects: 'a' }],
  ['a correction with a time', { quantity: -1, corrects: 'a', at: minutesAgo(1) }],
  ['a text', { quantity: '12' }],
  ['NaN, as JSON says it', { quantity: null }],
  ['a huge number', { quantity: 1e300 }],
  ['more than a number keeps exactly', { quantity: 2 ** 53 }],
  ['no key', { key: '' }],
  ['a key of 201 characters', { key: 'k'.repeat(201) }],
  ['a time without a zone', { at: '2026-11-21T12:00:00' }],
  ['a year that never was', { at: '2026-13-01T00:00:00Z' }],
  ['eleven dimensions', { dimensions: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`d${n}`, 'x'])) }],
  ['a dimension that is no text', { dimensions: { region: 1 } }],
  ['another tenant', { tenantId: '018f0000-0000-7000-8000-0000000000a1' }],
])('%s refuses the whole batch and names the place', async (_what, changes) => {
  const answer = await north.report(event('good'), event('bad', changes))
  expect(answer.status, answer.text).toBe(400)
  expect(answer.body.code).toBe('invalid_request')
  expect(JSON.stringify(answer.body.errors)).toContain('/events/1')
  expect(await sums()).toEqual([0, 0, 0])
})

test('a number that JSON does not have is no body', async () => {
  const text = '{"events": [{"key": "a", "meter": "transactions", "quantity": NaN}]}'
  const headers = {
    authorization: `Bearer ${north.key}`,
    'content-type': 'application/json',
    host: `api.localhost:${bench.node.port}`,
  }
  const answer = await fetch(`http://127.0.0.1:${bench.node.port}/v1/usage`, { method: 'POST', headers, body: text })
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'malformed_body'])
})

test('more in a day than a year of days can be told of is refused, with nothing of it stored', async () => {
  const most = 1_000_000_000_000
  const answer = await north.report(...Array.from({ length: 21 }, (_, n) => event(`huge-${n}`, { quantity: most })))
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
  expect(await sums()).toEqual([0, 0, 0])
})

test('who may not report usage is refused, and so is who may not see it', async () => {
  const made = await north.ask('POST', '/v1/keys', { name: 'poor', permissions: ['tenant:read'] })
  const poor = (method: string, path: string, body?: unknown) =>
    bench.node.call(method, path, { host: 'api.localhost', key: made.body.credential, body })
  expect(await poor('POST', '/v1/usage', { events: some(1) })).toMatchObject({ status: 403, body: { permission: 'usage:write' } })
  for (const path of ['/v1/usage', '/v1/usage/daily', '/v1/usage/history', '/v1/usage/forecast', '/v1/analytics'])
    expect(await poor('GET', path)).toMatchObject({ status: 403, body: { permission: 'usage:read' } })
})
