import { sign } from 'node:crypto'
import type { Role } from '../access/principal.ts'
import { makeMember, masterKey, newPerson } from '../identity/identity.test-support.ts'
import type { Person } from '../identity/identity.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { secretBoxOf } from '../secrets/master-keys.ts'
import type { TestNode, TestTenant } from '../server/tenantry.test-support.ts'
import { createSigningKeys } from './signing-keys.ts'
import type { Asking, ProgramTokens } from './tokens.ts'

/** Who does what nobody of the tenant does in a test. */
export const maker = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000c' } as const

export interface TestMember {
  readonly person: Person
  readonly memberId: string
}

export async function newMember(node: TestNode, tenant: TestTenant, role: Role = 'user', person?: Person): Promise<TestMember> {
  const who = person ?? (await newPerson(node))
  await makeMember(node, tenant, who, role)
  const row = await scopeOf(node, tenant).first(sql<{ id: string }>`select id from tenantry.members where user_id = ${who.id}`)
  return { person: who, memberId: row?.id ?? '' }
}

export function scopeOf(node: TestNode, { tenant }: TestTenant) {
  return node.tenantry.scope({ tenantId: tenant.id, actor: maker })
}

export function askingAt(node: TestNode, host: string): Asking {
  return { id: 'test', address: '127.0.0.1', userAgent: undefined, origin: `http://${host}:${node.port}` }
}

/** An operator who acts as the member, and may change things. */
export function actAs(node: TestNode, scope: TenantScope, memberId: string, operatorId: string) {
  const order = { memberId, operator: { id: operatorId, name: 'Otto' }, reason: 'Ticket 7', readOnly: false, minutes: 15 }
  return node.tenantry.services.operatorAccess.start(scope, order)
}

/** A program that is signed in. */
export function program(node: TestNode, tenant: TestTenant, { person }: TestMember): Promise<ProgramTokens> {
  const { tokens } = node.tenantry.services
  return tokens.startProgram({ ...person, methods: ['password'] }, tenant.tenant.id, askingAt(node, tenant.host))
}

export function refresh(node: TestNode, host: string, refreshToken: string) {
  return node.call('POST', '/v1/token/refresh', { host, body: { refreshToken } })
}

/** What a token says of itself, believed by nobody. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at claims of every shape
export function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** A token that our own key has signed, and that says something else than we would. */
export async function signedByUs(node: TestNode, claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
  const { id, key } = await createSigningKeys(node.tenantry.directory, secretBoxOf([masterKey])).current()
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: id, ...header })}.${part(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

const tries = 60

/** Milliseconds until the answer has the status. */
export async function until(status: number, ask: () => Promise<{ readonly status: number }>): Promise<number> {
  const began = performance.now()
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if ((await ask()).status === status) return performance.now() - began
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never answered ${status}`)
}
