import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { route } from './route.ts'
import { startTestServer, type TestServer } from './server.test-support.ts'

const responses = { 200: z.object({ ok: z.boolean() }) }
const handle = () => ({ ok: true })
const guarded = [
  route({
    method: 'GET',
    path: '/v1/by-permission',
    operation: 'a',
    summary: '',
    permission: 'demo.things:write',
    responses,
    handle,
  }),
  route({
    method: 'GET',
    path: '/v1/by-role',
    operation: 'b',
    summary: '',
    permission: 'authenticated',
    role: 'admin',
    responses,
    handle,
  }),
  route({
    method: 'GET',
    path: '/v1/by-feature',
    operation: 'c',
    summary: '',
    permission: 'authenticated',
    feature: 'demo.sso',
    responses,
    handle,
  }),
  route({
    method: 'GET',
    path: '/v1/by-quota',
    operation: 'd',
    summary: '',
    permission: 'authenticated',
    quota: { meter: 'calls' },
    responses,
    handle,
  }),
  route({ method: 'GET', path: '/v1/by-tenant', operation: 'e', summary: '', permission: 'authenticated', responses, handle }),
  route({
    method: 'GET',
    path: '/v1/tenants/{tenantId}',
    operation: 'f',
    summary: '',
    permission: 'operator',
    entersTenant: true,
    params: z.strictObject({ tenantId: z.string() }),
    responses,
    handle,
  }),
]

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(guarded)
  server.pipeline.quotas.set('calls', 1)
})
afterAll(() => server.stop())

async function ask(path: string, who?: string, headers: Record<string, string> = {}) {
  const answer = await server.get(path, { ...headers, ...(who ? { authorization: `Bearer ${who}` } : {}) })
  const body = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, body, headers: answer.headers }
}

describe('[IIOT-7] one line on a route guards it', () => {
  it('by tenant: nobody without a live credential', async () => {
    const refused = await ask('/v1/by-tenant')
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await ask('/v1/by-tenant', 'reader')).status).toBe(200)
  })

  it('by permission, which the refusal names', async () => {
    expect(await ask('/v1/by-permission', 'reader')).toMatchObject({ status: 403, body: { permission: 'demo.things:write' } })
    expect((await ask('/v1/by-permission', 'writer')).status).toBe(200)
  })

  it('by role: tenant administrators and above', async () => {
    expect((await ask('/v1/by-role', 'reader')).status).toBe(403)
    expect((await ask('/v1/by-role', 'writer')).status).toBe(200)
  })

  it('by feature of the plan', async () => {
    expect(await ask('/v1/by-feature', 'writer')).toMatchObject({
      status: 403,
      body: { code: 'feature_not_in_plan', feature: 'demo.sso' },
    })
  })

  it('by quota, which says when to come back', async () => {
    expect((await ask('/v1/by-quota', 'reader')).status).toBe(200)
    const refused = await ask('/v1/by-quota', 'reader')
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([429, 'quota_exceeded', '30'])
  })

  it('by operator, who gives a reason for the tenant he enters', async () => {
    expect((await ask('/v1/tenants/x', 'writer')).status).toBe(404)
    expect(await ask('/v1/tenants/x', 'operator')).toMatchObject({ status: 400, body: { code: 'reason_required' } })
    expect((await ask('/v1/tenants/x', 'operator', { 'tenantry-reason': 'ticket 12' })).status).toBe(200)
  })

  it('and a route without a permission does not compile', () => {
    // @ts-expect-error: permission is missing
    route({ method: 'GET', path: '/v1/open', operation: 'open', summary: '', responses, handle })
  })
})
