import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinAs, startPeopleNode } from '../members/people.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { databaseWithSystems, operatorKey, type TestNode, type TestTenant, tenantWithKey } from './tenantry.test-support.ts'

let database: TestDatabase
let here: TestNode
let there: TestNode

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await startPeopleNode(database)
  there = await startPeopleNode(database)
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const current = '/v1/tenants/current'
const ask = (node: TestNode, { host, key }: TestTenant, path = current) => node.call('GET', path, { host, key })
const count = (answers: readonly { readonly status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length

test("[IIOT-14] a plan's calls a minute hold over all nodes together, and no other tenant feels it", async () => {
  const [paced, other] = [
    await tenantWithKey(here, { system: 'depot', tier: 'paced' }),
    await tenantWithKey(here, { system: 'depot', tier: 'paced' }),
  ]
  const startedAt = performance.now()
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(n % 2 === 0 ? here : there, paced)))
  // One more every three seconds, however slow this machine is.
  const refilled = Math.ceil((performance.now() - startedAt) / 3_000)
  expect(count(answers, 200)).toBeGreaterThanOrEqual(18)
  expect(count(answers, 200)).toBeLessThanOrEqual(20 + refilled)
  expect(count(answers, 200) + count(answers, 429)).toBe(60)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.body).toMatchObject({ code: 'rate_limited', policy: 'tenant', limit: 20, window: 60 })
  expect(refused?.headers['retry-after']).toBeDefined()
  expect(refused?.headers['ratelimit-policy']).toBe('"tenant";q=20;w=60')
  expect((await ask(there, other)).headers['ratelimit-policy']).toMatch(/"key";q=\d+;w=3600, "tenant";q=20;w=60/)
})

test('[IIOT-14] what a limit was raised to acts at once', async () => {
  const tenant = await tenantWithKey(here, { system: 'depot', tier: 'paced' })
  await Promise.all(Array.from({ length: 30 }, () => ask(here, tenant)))
  const operator = await operatorKey(here)
  const raised = await here.call('PUT', `/v1/tenants/${tenant.tenant.id}/limits/api_calls_per_minute`, {
    host: 'dashboard.localhost',
    key: operator,
    body: { max: 2_000 },
    headers: { 'tenantry-reason': 'They asked' },
  })
  expect(raised.status).toBe(200)
  const { headers } = await ask(here, tenant)
  expect(headers['ratelimit-policy']).toContain('"tenant";q=2000;w=60')
})

test('[IIOT-14] who is signed in goes by his own rate, and takes nothing from the calls of programs', async () => {
  const slow = await startPeopleNode(database, { personRate: 3 })
  try {
    const tenant = await tenantWithKey(here, { tier: 'large' })
    const [busy, other] = [await joinAs(slow, tenant, 'admin'), await joinAs(slow, tenant, 'admin')]
    const answers = await Promise.all(Array.from({ length: 20 }, () => busy.call('GET', current)))
    expect(count(answers, 429)).toBeGreaterThan(0)
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ policy: 'person', limit: 3, window: 1 })
    expect((await other.call('GET', current)).status).toBe(200)
    expect((await ask(slow, tenant)).status).toBe(200)
  } finally {
    await slow.tenantry.close()
  }
})

test('[IIOT-14] an address without a credential has its requests an hour, signing in among them, and nobody with one feels it', async () => {
  const strict = await startPeopleNode(database, { addressRate: 5 })
  try {
    const tenant = await tenantWithKey(here)
    const signIn = () =>
      strict.call('POST', '/v1/auth/sign-in', {
        host: tenant.host,
        body: { email: 'nobody@example.com', password: 'wrong password' },
      })
    const answers = []
    for (let n = 0; n < 7; n += 1) answers.push(await signIn())
    expect(count(answers, 429)).toBe(2)
    expect(answers.at(-1)?.body).toMatchObject({ policy: 'address', limit: 5, window: 3_600 })
    expect((await ask(strict, tenant)).status).toBe(200)
    // What programs fetch again and again is counted by the second.
    const published = await Promise.all(
      Array.from({ length: 20 }, () => strict.call('GET', '/.well-known/jwks.json', { host: 'api.localhost' })),
    )
    expect(count(published, 200)).toBe(20)
  } finally {
    await strict.tenantry.close()
  }
})

test('[FIN-6] a call that its rate refuses consumes no quota; one that the quota refuses gives its rate back', async () => {
  const tenant = await tenantWithKey(here, { tier: 'large' })
  const make = (requestsPerHour: number) =>
    here.call('POST', '/v1/keys', {
      host: tenant.host,
      key: tenant.key,
      body: { name: 'scanner', permissions: ['shelf.racks:write', 'tenant:read'], requestsPerHour },
    })
  const [spent, eager] = [(await make(1)).body.credential, (await make(5)).body.credential]
  const scan = (key: string) => here.call('POST', '/v1/shelf/scans', { host: tenant.host, key })

  expect((await here.call('GET', current, { host: tenant.host, key: spent })).status).toBe(200)
  expect((await scan(spent)).body).toMatchObject({ code: 'rate_limited' })
  const statuses = []
  for (let n = 0; n < 12; n += 1) statuses.push((await scan(eager)).status)
  // Two scans are in the plan, and both are still there.
  expect(statuses.slice(0, 2)).toEqual([204, 204])
  const refused = await scan(eager)
  expect(refused.body).toMatchObject({ code: 'quota_exceeded' })
  // Of five, two were carried out.
  const left = await here.call('GET', current, { host: tenant.host, key: eager })
  expect(left.headers.ratelimit).toContain('"key";r=2;')
})
