import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { TenantRequests } from './tenant-requests.ts'

const read = { method: 'GET', path: '/v1/shelf/racks' } as const

async function told(requests: TenantRequests): Promise<Record<string, number>> {
  const registry = new Registry()
  requests.register(registry)
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const sums: Record<string, number> = {}
  for (const line of lines) {
    const tenant = /tenant="([^"]+)"/.exec(line)?.[1] ?? ''
    sums[tenant] = (sums[tenant] ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return sums
}

test('[CRM-7] a thousand tenants are as many series as three and the rest, and no request is lost', async () => {
  const requests = new TenantRequests(3)
  for (let index = 0; index < 1_000; index++) requests.note(`tenant ${index}`, read, 200)
  expect(await told(requests)).toEqual({ 'tenant 0': 1, 'tenant 1': 1, 'tenant 2': 1, other: 997 })
})

test('[CRM-7] after a minute the busiest are named, whoever came first', async () => {
  let now = 0
  const requests = new TenantRequests(2, () => now)
  for (const tenant of ['early', 'earlier']) requests.note(tenant, read, 200)
  for (let index = 0; index < 50; index++) for (const tenant of ['busy', 'busier']) requests.note(tenant, read, 200)
  now = 60_000
  requests.note('busy', read, 200)
  expect(await told(requests)).toEqual({ other: 100, busy: 1 })
  requests.note('busier', read, 200)
  requests.note('early', read, 200)
  expect(await told(requests)).toEqual({ other: 101, busy: 1, busier: 1 })
})

test('[CRM-7] one quiet minute costs a busy tenant nothing', async () => {
  let now = 0
  const requests = new TenantRequests(1, () => now)
  for (let index = 0; index < 100; index++) requests.note('busy', read, 200)
  for (const minute of [1, 2, 3]) {
    now = minute * 60_000
    requests.note('small', read, 200)
  }
  expect(await told(requests)).toEqual({ busy: 100, other: 3 })
})

test('[CRM-7] series tell method, route and status apart, and none is named where none may be', async () => {
  const requests = new TenantRequests(0)
  requests.note('one', read, 200)
  requests.note('one', { method: 'POST', path: '/v1/shelf/racks' }, 201)
  requests.note('two', read, 404)
  const registry = new Registry()
  requests.register(registry)
  const text = await registry.metrics()
  const name = 'tenantry_tenant_requests_total'
  expect(text).toContain(`${name}{tenant="other",method="GET",route="/v1/shelf/racks",status="200"} 1`)
  expect(text).toContain(`${name}{tenant="other",method="POST",route="/v1/shelf/racks",status="201"} 1`)
  expect(text).toContain(`${name}{tenant="other",method="GET",route="/v1/shelf/racks",status="404"} 1`)
})
