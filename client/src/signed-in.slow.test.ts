import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, password, startPeopleNode } from '../../platform/src/members/people.test-support.ts'
import {
  databaseWithSystems,
  type TestNode,
  type TestTenant,
  tenantWithKey,
} from '../../platform/src/server/tenantry.test-support.ts'
import type { TestDatabase } from '../../platform/src/testing/test-database.ts'
import { createClient } from './create-client.ts'
import { signedIn } from './signed-in.ts'

let database: TestDatabase
let node: TestNode
let tenant: TestTenant
let baseUrl: string

beforeAll(async () => {
  database = await databaseWithSystems()
  node = await startPeopleNode(database)
  tenant = await tenantWithKey(node)
  baseUrl = `http://127.0.0.1:${node.port}`
})
afterAll(async () => {
  await node?.tenantry.close()
  await database?.drop()
})

async function refreshTokenOfSomebody(): Promise<string> {
  const user = await newUser(node)
  const actor = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const
  await node.tenantry.services.members.add(node.tenantry.scope({ tenantId: tenant.tenant.id, actor }), user)
  const { body } = await node.call('POST', '/v1/auth/sign-in', {
    host: 'api.localhost',
    body: { email: user.email, password, as: 'program' },
  })
  return body.refreshToken
}

test('a client that is signed in asks for one access token for many calls, and keeps the next refresh token', async () => {
  const kept: string[] = []
  const first = await refreshTokenOfSomebody()
  const client = createClient({ baseUrl, key: signedIn({ baseUrl, refreshToken: first, keep: (next) => void kept.push(next) }) })
  const read = () => client.GET('/v1/tenants/current')
  const answers = await Promise.all([read(), read(), read()])
  for (const { data } of answers) expect(data.slug).toBe(tenant.tenant.slug)
  await read()
  expect(kept).toHaveLength(1)
  expect(kept[0]).not.toBe(first)

  const later = createClient({ baseUrl, key: signedIn({ baseUrl, refreshToken: kept[0] ?? '', keep: () => undefined }) })
  expect((await later.GET('/v1/me')).data.name).toBe('Ada')
})

test('once the sign-in is over it says so', async () => {
  const refreshToken = await refreshTokenOfSomebody()
  await node.call('POST', '/v1/token/revoke', { host: 'api.localhost', body: { refreshToken } })
  const client = createClient({ baseUrl, key: signedIn({ baseUrl, refreshToken, keep: () => undefined }) })
  await expect(client.GET('/v1/tenants/current')).rejects.toMatchObject({ code: 'unauthenticated' })
})
