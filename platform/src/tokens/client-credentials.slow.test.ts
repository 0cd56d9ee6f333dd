import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPeopleNode } from '../members/people.test-support.ts'
import { makeMasterKey } from '../secrets/master-keys.ts'
import {
  type Answer,
  databaseWithSystems,
  operatorKey,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { claimsOf } from './tokens.test-support.ts'

const masterKeys = [makeMasterKey()]

let database: TestDatabase
let here: TestNode
let there: TestNode
let north: TestTenant

beforeAll(async () => {
  database = await databaseWithSystems()
  here = await startPeopleNode(database, { masterKeys })
  there = await startPeopleNode(database, { masterKeys })
  north = await tenantWithKey(here)
})
afterAll(async () => {
  await Promise.all([here?.tenantry.close(), there?.tenantry.close()])
  await database?.drop()
})

const current = '/v1/tenants/current'
const read = (node: TestNode, key: string, host = north.host, path = current) => node.call('GET', path, { host, key })
const publicIdOf = (key: string) => key.split('_')[1] ?? ''
const fieldsOf = (key: string) => ({ grant_type: 'client_credentials', client_id: publicIdOf(key), client_secret: key })

interface Exchange {
  readonly node?: TestNode
  readonly host?: string
  readonly authorization?: string
  readonly contentType?: string
}

/** As OAuth's clients ask: a form. */
function exchange(fields: Record<string, string> | string, options: Exchange = {}): Promise<Answer> {
  const { node = here, host = 'api.localhost', authorization, contentType = 'application/x-www-form-urlencoded' } = options
  const text = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString()
  return new Promise((resolve, reject) => {
    const headers = {
      host: `${host}:${node.port}`,
      'content-type': contentType,
      'content-length': Buffer.byteLength(text),
      ...(authorization === undefined ? {} : { authorization }),
    }
    const outgoing = request(
      { host: '127.0.0.1', port: node.port, method: 'POST', path: '/v1/oauth/token', headers },
      (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (piece: string) => {
          received += piece
        })
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: received,
            body: received === '' ? undefined : JSON.parse(received),
          }),
        )
      },
    )
    outgoing.on('error', reject).end(text)
  })
}

async function newKey(permissions: readonly string[], terms: Record<string, unknown> = {}) {
  const body = { name: 'machine', permissions, ...terms }
  return (await here.call('POST', '/v1/keys', { host: north.host, key: north.key, body })).body
}

test('[FIN-13] a key is exchanged for a token of its tenant, in the form or as Basic, for a quarter of an hour', async () => {
  const { credential } = await newKey(['tenant:read', 'keys:read'])
  const basic = `Basic ${Buffer.from(`${publicIdOf(credential)}:${credential}`).toString('base64')}`
  const answers = [
    await exchange(fieldsOf(credential)),
    await exchange({ grant_type: 'client_credentials' }, { authorization: basic, host: north.host }),
  ]
  for (const { status, body, headers } of answers) {
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'tenant:read keys:read',
    })
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    expect(claimsOf(body.access_token)).toMatchObject({
      tid: north.tenant.id,
      aud: 'api',
      client_id: publicIdOf(credential),
    })
    expect((await read(there, body.access_token)).body).toMatchObject({ id: north.tenant.id })
  }
})

test('[FIN-13] a token may what its scope says and the key still may, in its own tenant', async () => {
  const south = await tenantWithKey(here)
  const { credential } = await newKey(['tenant:read', 'keys:read'])
  const { body } = await exchange({ ...fieldsOf(credential), scope: 'keys:read' })
  expect(body.scope).toBe('keys:read')
  expect((await read(here, body.access_token, north.host, '/v1/keys')).status).toBe(200)
  expect(await read(here, body.access_token)).toMatchObject({ status: 403, body: { permission: 'tenant:read' } })
  expect((await read(here, body.access_token, south.host, '/v1/keys')).status).toBe(404)
  expect((await read(here, body.access_token, 'dashboard.localhost', '/v1/tenants')).status).toBe(404)
})

test('[FIN-13] a token for another service is none here', async () => {
  const { credential } = await newKey(['tenant:read'])
  const { status, body } = await exchange({ ...fieldsOf(credential), audience: 'reports' })
  expect([status, claimsOf(body.access_token).aud]).toEqual([200, 'reports'])
  expect((await read(here, body.access_token)).status).toBe(401)
})

test('[FIN-13] what is wrong is told in the words of RFC 6749, and no token is made', async () => {
  const { credential } = await newKey(['tenant:read'])
  const good = fieldsOf(credential)
  const other = fieldsOf((await newKey(['tenant:read'])).credential)
  const south = await tenantWithKey(here)
  const operators = await operatorKey(here)
  const cases: readonly (readonly [number, string, Record<string, string> | string, Exchange?])[] = [
    [400, 'invalid_request', {}],
    [400, 'invalid_request', `${new URLSearchParams(good)}&scope=tenant:read&scope=keys:read`],
    [400, 'invalid_request', good, { authorization: 'Basic eDp5' }],
    [400, 'unsupported_grant_type', { ...good, grant_type: 'password' }],
    [400, 'invalid_scope', { ...good, scope: 'tenant:read keys:write' }],
    [400, 'invalid_scope', { ...good, scope: 'nonsense' }],
    [400, 'invalid_target', { ...good, audience: 'elsewhere' }],
    [401, 'invalid_client', { grant_type: 'client_credentials' }],
    [401, 'invalid_client', { ...good, client_secret: `${credential.slice(0, -1)}x` }],
    [401, 'invalid_client', { ...good, client_id: other.client_id }],
    [401, 'invalid_client', fieldsOf(operators)],
    [401, 'invalid_client', good, { host: south.host }],
    [401, 'invalid_client', { grant_type: 'client_credentials' }, { authorization: 'Basic !' }],
    [415, 'invalid_request', JSON.stringify(good), { contentType: 'application/json' }],
  ]
  for (const [status, error, fields, options] of cases) {
    const answer = await exchange(fields, options)
    expect([answer.status, answer.body.error], `${error} of ${JSON.stringify(fields)}`).toEqual([status, error])
    expect(answer.body).toHaveProperty('error_description')
    expect(answer.text).not.toContain('access_token')
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic /)
  }
})

test("[FIN-13] a token dies with its key, on a node that was idle too; and a suspended tenant's key gets none", async () => {
  const { id, credential } = await newKey(['tenant:read'])
  const token = (await exchange(fieldsOf(credential))).body.access_token
  expect((await read(there, token)).status).toBe(200)
  await here.call('DELETE', `/v1/keys/${id}`, { host: north.host, key: north.key })
  expect((await read(here, token)).status).toBe(401)
  await sleep(1_000)
  expect((await read(there, token)).status).toBe(401)
  expect((await exchange(fieldsOf(credential))).body.error).toBe('invalid_client')

  const south = await tenantWithKey(here)
  const doer = { actor: { kind: 'operator', id: '018f0000-0000-7000-8000-0000000000aa' } } as const
  await here.tenantry.services.tenants.move(south.tenant.id, 'suspend', { reason: 'unpaid', mode: 'blocked' }, doer)
  expect((await exchange(fieldsOf(south.key))).body).toMatchObject({ error: 'unauthorized_client', code: 'tenant_suspended' })
})

test("[FIN-13] a token is held to its key's addresses and rate, and outlives its key by nothing", async () => {
  const soon = new Date(here.tenantry.directory.clock() + 60_000).toISOString()
  const { id, credential } = await newKey(['tenant:read'], { requestsPerHour: 2, expiresAt: soon })
  const { body } = await exchange(fieldsOf(credential))
  expect(body.expires_in).toBeLessThanOrEqual(60)
  const statuses = [await read(here, credential), await read(here, body.access_token), await read(here, body.access_token)]
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
  const change = { host: north.host, key: north.key, body: { allowedAddresses: ['192.0.2.1'], requestsPerHour: 100 } }
  await here.call('PATCH', `/v1/keys/${id}`, change)
  expect((await read(here, body.access_token)).body).toMatchObject({ code: 'address_not_allowed', by: 'key' })
  expect((await exchange(fieldsOf(credential))).body).toMatchObject({ error: 'unauthorized_client' })
})

test('[FIN-13] exchanges that succeed cost an address nothing, and guesses do', async () => {
  const strict = await startPeopleNode(database, { addressRate: 3, masterKeys })
  try {
    const { credential } = await newKey(['tenant:read'])
    for (let n = 0; n < 8; n += 1) expect((await exchange(fieldsOf(credential), { node: strict })).status).toBe(200)
    const errors = []
    for (let n = 0; n < 5; n += 1) {
      errors.push((await exchange({ ...fieldsOf(credential), client_secret: 'nonsense' }, { node: strict })).body.error)
    }
    expect(errors).toEqual([...Array(3).fill('invalid_client'), 'temporarily_unavailable', 'temporarily_unavailable'])
  } finally {
    await strict.tenantry.close()
  }
})
