import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPeopleNode } from '../../../platform/src/members/people.test-support.ts'
import {
  databaseWithSystems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../../platform/src/testing/test-database.ts'
import { clientCredentials } from '../client-credentials.ts'
import { createClient } from '../create-client.ts'
import { requireToken, tokenOf, tokenVerifier } from './index.ts'

let database: TestDatabase
let node: TestNode
let tenant: TestTenant
let baseUrl: string
/** A service beside the platform that knows nothing of it but where it is. */
let service: Server

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database)
  tenant = await tenantWithKey(node)
  baseUrl = `http://127.0.0.1:${node.port}`
  const guard = requireToken(tokenVerifier({ baseUrl, audience: 'reports' }), 'shelf.racks:read')
  service = createServer((request, response) => {
    void guard(request, response, (error) => {
      if (error !== undefined) response.writeHead(500).end()
      else response.end(JSON.stringify({ tenantId: tokenOf(request).tenantId, scopes: [...tokenOf(request).scopes] }))
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => service?.close(resolve))
  await node?.tenantry.close()
  await database?.drop()
})

function ask(token?: string): Promise<Response> {
  const { port } = service.address() as AddressInfo
  return fetch(`http://127.0.0.1:${port}/`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
}
const tokenFor = (options: { audience?: string; scope?: string[] }) =>
  clientCredentials({ baseUrl, key: tenant.key, ...options })()

test('[FIN-13] a service of its own verifies tokens without asking the platform each time, and learns whose they are', async () => {
  const token = await tokenFor({ audience: 'reports', scope: ['shelf.racks:read'] })
  const answer = await ask(token)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ tenantId: tenant.tenant.id, scopes: ['shelf.racks:read'] })
})

test('[FIN-13] it refuses what is no token, what is for somebody else, and what was changed', async () => {
  const good = await tokenFor({ audience: 'reports', scope: ['shelf.racks:read'] })
  const [header, payload, signature] = good.split('.') as [string, string, string]
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), tid: '018f0000-0000-7000-8000-0000000000ff' }
  const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  const unsigned = [Buffer.from('{"alg":"none","typ":"key+jwt"}').toString('base64url'), payload, ''].join('.')
  for (const token of [undefined, 'nonsense', tenant.key, await tokenFor({}), forged, unsigned]) {
    const answer = await ask(token)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(await answer.json()).toMatchObject({ error: 'invalid_token' })
  }
})

test('[FIN-13] it refuses a token that lacks the scope, and says which it needs', async () => {
  const answer = await ask(await tokenFor({ audience: 'reports', scope: ['tenant:read'] }))
  expect(answer.status).toBe(403)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="shelf.racks:read"')
})

test('[FIN-13] a service that only some issuers may make tokens for refuses the others', async () => {
  const token = await tokenFor({ audience: 'reports', scope: ['shelf.racks:read'] })
  const picky = tokenVerifier({ baseUrl, audience: 'reports', isIssuer: (origin) => origin === 'https://api.example.com' })
  await expect(picky(token)).rejects.toMatchObject({ error: 'invalid_token' })
})

test('[FIN-13] that the keys cannot be fetched is no verdict on a token', async () => {
  const token = await tokenFor({ audience: 'reports' })
  const lost = tokenVerifier({ baseUrl: 'http://127.0.0.1:1', audience: 'reports' })
  await expect(lost(token)).rejects.not.toMatchObject({ error: 'invalid_token' })
})

test('[FIN-13] a client asks for one token for many calls', async () => {
  let exchanged = 0
  const counting = (request: Request) => {
    if (request.url.endsWith('/v1/oauth/token')) exchanged += 1
    return fetch(request)
  }
  const client = createClient({ baseUrl, key: clientCredentials({ baseUrl, key: tenant.key, fetch: counting }) })
  const read = () => client.GET('/v1/tenants/current')
  for (const { data } of [...(await Promise.all([read(), read()])), await read()]) expect(data.slug).toBe(tenant.tenant.slug)
  expect(exchanged).toBe(1)
})
