import { randomBytes } from 'node:crypto'
import { sql } from 'tenantry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'
import { programOfMember } from './member.test-support.ts'

let bms: Installation
let owner: Client

beforeAll(async () => {
  bms = await install({ masterKeys: [`1:${randomBytes(32).toString('base64')}`] })
  owner = await bms.customer()
})
afterAll(() => bms?.close())

const building = async (name: string) => (await owner.post('/v1/bms/buildings', { name, timeZone: 'UTC' })).body.id as string

const programOf = (role: string, buildings?: readonly string[]) => programOfMember(bms, owner.tenantId, role, buildings)

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const get = async (path: string, token: string) => {
  const answer = await fetch(`${bms.baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: (await answer.json()) as { readonly items: readonly { readonly id: string }[] } }
}

test('[BMS-5] an access token names subject and tenant and the buildings that were granted, and lives 60 minutes', async () => {
  const [granted, other] = [await building('granted'), await building('other')]
  const { person, memberId, tokens } = await programOf('manager', [granted])
  const claims = claimsOf(tokens.accessToken)
  expect(claims).toMatchObject({ sub: person.id, tid: owner.tenantId, mid: memberId, reach: 'granted', grants: [granted] })
  expect(claims.exp - claims.iat).toBe(60 * 60)
  const listed = await get('/v1/bms/buildings', tokens.accessToken)
  expect(listed.body.items.map(({ id }) => id)).toEqual([granted])
  expect((await get(`/v1/bms/buildings/${other}`, tokens.accessToken)).status).toBe(403)
})

test('[BMS-5] a building granted later is reached at once; the token that does not name it is enough', async () => {
  const [first, later] = [await building('first'), await building('later')]
  const { memberId, tokens } = await programOf('user', [first])
  expect((await get(`/v1/bms/buildings/${later}`, tokens.accessToken)).status).toBe(403)
  const scope = bms.tenantry.scope({ tenantId: owner.tenantId, actor: { kind: 'system', id: owner.tenantId } })
  await scope.run(sql`insert into tenantry.grants (actor_id, object_id) values (${memberId}, ${later})`)
  expect((await get(`/v1/bms/buildings/${later}`, tokens.accessToken)).status).toBe(200)
  await scope.run(sql`delete from tenantry.grants where actor_id = ${memberId}`)
  expect((await get(`/v1/bms/buildings/${first}`, tokens.accessToken)).status).toBe(403)
  expect(claimsOf(tokens.accessToken).grants).toEqual([first])
})

test('somebody who reaches everything has no list of buildings in his token', async () => {
  const { tokens } = await programOf('viewer')
  const claims = claimsOf(tokens.accessToken)
  expect(claims).toMatchObject({ reach: 'all', role: 'viewer' })
  expect(claims.grants).toBeUndefined()
})
