import { randomBytes } from 'node:crypto'
import { sql } from 'tenantry'
import { expect } from 'vitest'
import type { Installation } from './bms.test-support.ts'

/** A program of a new member, signed in with address and password; `buildings` limits him to these. */
export async function programOfMember(bms: Installation, tenantId: string, role: string, buildings?: readonly string[]) {
  const { identity } = bms.tenantry.services
  const email = `${randomBytes(6).toString('hex')}@example.com`
  const password = 'a long enough password'
  const realmId = (await bms.tenantry.directory.tenantById(tenantId))?.realmId ?? ''
  const person = await identity.createUser(realmId, { email, name: 'Somebody', password, verified: true })
  const scope = bms.tenantry.scope({ tenantId, actor: { kind: 'system', id: tenantId } })
  const [member] = await scope.run(sql<{ id: string }>`insert into tenantry.members (user_id, email, name, role, reach)
    values (${person.id}, ${email}, 'Somebody', ${role}, ${buildings === undefined ? 'all' : 'granted'}) returning id`)
  if (member === undefined) throw new Error('no member')
  for (const id of buildings ?? []) {
    await scope.run(sql`insert into tenantry.grants (actor_id, object_id) values (${member.id}, ${id})`)
  }
  await bms.tenantry.directory.catchUp()
  const answer = await fetch(`${bms.baseUrl}/v1/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', host: new URL(bms.baseUrl).host },
    body: JSON.stringify({ email, password, as: 'program' }),
  })
  const tokens = (await answer.json()) as { readonly accessToken: string; readonly refreshToken: string }
  expect(answer.status, JSON.stringify(tokens)).toBe(200)
  return { person, memberId: member.id, tokens }
}
