import { request } from 'node:http'
import { bms } from '@tenantry/bms'
import { createTenantry } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Customer, Installation, type Server } from './installation.test-support.ts'
import { until } from './load.test-support.ts'

let installation: Installation
let customers: Customer[]
let key: string

beforeAll(async () => {
  installation = await Installation.make()
  customers = await installation.customers(40)
  const { databaseUrl, directoryUrl } = installation
  const tenantry = await createTenantry({ databaseUrl, directoryUrl, systems: [bms], configuration: { logLevel: 'silent' } })
  const { operators } = tenantry.services
  const { id } = await operators.create({ email: 'olivia@example.com', name: 'Olivia' })
  key = (await operators.createKey(id)).credential
  await tenantry.close()
}, 120_000)
afterAll(() => installation?.close())

test('[SEC-11] an operation whose server is killed in the middle goes on elsewhere, and each tenant has it once', async () => {
  const first = await installation.startServer()
  const order = { action: { do: 'suspend' }, selection: { tenants: customers.map(({ tenantId }) => tenantId) }, reason: 'A test' }
  const { id } = await call(first, 'POST', '/v1/operations/bulk', order)
  await until(async () => (await results()).length >= 3, 30_000)
  expect(await first.end('SIGKILL')).toBe('SIGKILL')
  const before = (await results()).length
  expect(before).toBeLessThan(customers.length)
  // The minute for which a claim outlasts its server is over.
  await installation.rows(
    `update tenantry.work set claimed_until = now() where kind = 'bulk.apply' and claimed_until is not null`,
  )

  const second = await installation.startServer()
  await until(async () => (await results()).length === customers.length, 60_000)
  const done = await call(second, 'GET', `/v1/operations/bulk/${id}`)
  expect(done).toMatchObject({ state: 'done', counts: { done: customers.length, refused: 0, failed: 0, waiting: 0 } })
  const entered = await installation.rows(
    `select count(*)::int as times from tenantry.audit_entries where action = 'platform.tenant.entered' group by tenant_id`,
  )
  expect(entered).toEqual(customers.map(() => ({ times: 1 })))
  const told = await installation.rows(
    `select count(*)::int as times from tenantry.events where type = 'platform.tenant.suspended' group by tenant_id`,
  )
  expect(told).toEqual(customers.map(() => ({ times: 1 })))
}, 180_000)

const results = () => installation.rows('select state from tenantry.bulk_results')

/** By `node:http`, because `fetch` does not send a `Host` of one's choice. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of any route
function call({ port }: Server, method: string, path: string, body?: unknown): Promise<any> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `dashboard.localhost:${port}`,
      authorization: `Bearer ${key}`,
      'idempotency-key': 'bulk-killed',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part))
      incoming.on('end', () => ((incoming.statusCode ?? 500) < 300 ? resolve(JSON.parse(text)) : reject(new Error(text))))
    })
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
