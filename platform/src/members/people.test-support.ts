import { randomBytes } from 'node:crypto'
import type { Role } from '../access/principal.ts'
import { sharedRealm } from '../identity/realms.ts'
import { makeMasterKey } from '../secrets/master-keys.ts'
import { type Answer, type CallOptions, startNode, type TestNode, type TestTenant } from '../server/tenantry.test-support.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import type { Member, Standing } from './member.ts'

const maintainer = { kind: 'system', id: '018f0000-0000-7000-8000-00000000000a' } as const

export const password = 'a long enough password'

/** A node on which people can sign in. */
export function startPeopleNode(database: TestDatabase, configuration: Parameters<typeof startNode>[1] = {}): Promise<TestNode> {
  return startNode(database, { masterKeys: [makeMasterKey()], interactiveConnections: 4, ...configuration })
}

/** Somebody in a tenant, signed in there with a program's access token. */
export interface SignedInMember {
  readonly member: Member
  readonly token: string
  readonly refreshToken: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

export function newAddress(name = 'ada'): string {
  return `${name}.${randomBytes(5).toString('hex')}@example.com`
}

/** Somebody in the shared realm, with a proved address. */
export function newUser(node: TestNode, email = newAddress()) {
  return node.tenantry.services.identity.createUser(sharedRealm, { email, name: 'Ada', password, verified: true })
}

export async function join(
  node: TestNode,
  { tenant, host }: TestTenant,
  standing: Standing & { readonly email?: string } = {},
): Promise<SignedInMember> {
  const { services, scope } = node.tenantry
  const { email = newAddress(), ...rest } = standing
  const member = await services.members.add(scope({ tenantId: tenant.id, actor: maintainer }), { email, name: 'Ada', ...rest })
  const asking = { id: 'test', address: '127.0.0.1', userAgent: undefined, origin: node.tenantry.addressOf(tenant.slug) }
  const person = { id: member.userId, realmId: sharedRealm, methods: ['password'] }
  const { accessToken, refreshToken } = await services.tokens.startProgram(person, tenant.id, asking)
  return {
    member,
    token: accessToken,
    refreshToken,
    call: (method, path, options) => node.call(method, path, { host, key: accessToken, ...options }),
  }
}

export function joinAs(node: TestNode, tenant: TestTenant, role: Role): Promise<SignedInMember> {
  return join(node, tenant, { role })
}

/** `If-Match` of what was just read. */
export async function etagOf(who: SignedInMember, path: string): Promise<Record<string, string>> {
  const { headers } = await who.call('GET', path)
  return { 'if-match': String(headers.etag) }
}
