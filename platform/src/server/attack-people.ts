import { randomBytes } from 'node:crypto'
import { permissionsOfRole } from '../access/platform-permissions.ts'
import { type Role, roles } from '../access/principal.ts'
import { operatorsRealm, sharedRealm } from '../identity/realms.ts'
import type { Carrier, Credential, Holder, Limited, NewPerson, Person, PersonKind, Side } from '../isolation/attack/world.ts'
import type { Standing } from '../members/member.ts'
import { attackDomain, scopeOf, type TenantMaker } from './attack-tenants.ts'
import type { Hosts } from './hosts.ts'

export interface PeopleMaker extends TenantMaker {
  readonly hosts: Pick<Hosts, 'originOf'>
}

/** The part of a tenant that its people need. */
export type Place = Pick<Side, 'tenantId' | 'host' | 'canary'>

/** Nobody reads mail there; what is sent is kept for the attack. */
export const addressOf = (name: string): string => `${name}${attackDomain}`

/** How somebody asks a route that is for persons. */
export const personKinds: readonly PersonKind[] = [
  { name: 'member by cookie', carries: 'cookie', role: 'viewer' },
  { name: 'member by token', carries: 'token', role: 'viewer' },
  { name: 'signed in, member of nothing', carries: 'cookie', role: undefined },
]

/** Somebody new with a browser's session on the tenant's host, and a token of it if he belongs to the tenant. */
export async function makePerson(
  maker: PeopleMaker,
  place: Place,
  { withPassword, ...standing }: Omit<NewPerson, 'role'> & { readonly role?: string | undefined } & Omit<Standing, 'role'>,
): Promise<Person & { readonly memberId: string | undefined }> {
  const { identity, members, tokens } = maker.services
  const password = withPassword ? randomBytes(18).toString('base64url') : undefined
  const email = addressOf(`p${randomBytes(9).toString('hex')}`)
  const realmId = await realmOf(maker, place)
  const person = await identity.createUser(realmId, { email, name: place.canary, password, verified: true })
  const belongs = standing.role !== undefined || standing.customRoleId !== undefined
  const { role, ...rest } = standing
  const known = { email, name: place.canary, ...rest, ...(role === undefined ? {} : { role: role as Role }) }
  const member = belongs ? await members.add(scopeOf(maker, place.tenantId), known) : undefined
  const session = await startSession(maker, place, person)
  const principal = { ...person, kind: 'person', session: session.of, tenantId: place.tenantId, methods } as const
  const minted = member && (await tokens.mintFor(principal, place.tenantId, { ...factsAt(maker, place), id: 'attack' }))
  return {
    userId: person.id,
    email,
    name: place.canary,
    password,
    memberId: member?.id,
    cookie: session.cookie,
    token: minted?.accessToken,
  }
}

const methods = ['password']

function factsAt({ hosts }: PeopleMaker, { host }: Place) {
  return { address: '127.0.0.1', userAgent: undefined, origin: hosts.originOf(host) }
}

async function startSession(maker: PeopleMaker, place: Place, { id }: { readonly id: string }) {
  const door = { ...factsAt(maker, place), host: place.host, tenantId: place.tenantId }
  const made = await maker.services.identity.startSession({ id, realmId: await realmOf(maker, place) }, door, methods)
  return { of: { kind: 'browser', id: made.id } as const, cookie: { cookie: made.cookie.split(';')[0] ?? '' } }
}

/** Another browser of somebody who was made. */
export async function signInAgain(maker: PeopleMaker, place: Place, { userId }: Person): Promise<Credential> {
  return (await startSession(maker, place, { id: userId })).cookie
}

async function realmOf({ directory }: PeopleMaker, { tenantId }: Place): Promise<string> {
  return (await directory.tenantById(tenantId))?.realmId ?? sharedRealm
}

/** A member of each role, one with a custom role, one who was more yesterday, and an operator who acts as one. */
export async function memberHolders(maker: PeopleMaker, place: Place, operatorId: string): Promise<Holder[]> {
  const { services, system } = maker
  const scope = scopeOf(maker, place.tenantId)
  const holder = (name: string, person: Person, role: Role, permissions = permissionsOfRole(system, role)): Holder => ({
    name,
    kind: 'member',
    credential: tokenOf(person),
    permissions,
    role,
  })
  const make = (standing: Parameters<typeof makePerson>[2]) => makePerson(maker, place, standing)
  const plain = { withPassword: false }
  const builtIn: Holder[] = []
  for (const role of roles) builtIn.push(holder(role, await make({ ...plain, role }), role))
  const permissions = [...new Set([...permissionsOfRole(system, 'viewer'), 'audit:read' as const])]
  const custom = await services.roles.create(scope, { name: `${place.canary} auditor`, permissions })
  const auditor = await make({ ...plain, customRoleId: custom.id })
  const demoted = await make({ ...plain, role: 'admin' })
  await services.members.change(scope, demoted.memberId ?? '', { role: 'viewer' }, undefined)
  const acted = await make({ ...plain, role: 'manager' })
  const acting = await services.operatorAccess.start(scope, {
    memberId: acted.memberId ?? '',
    operator: { id: operatorId, name: 'Isolation attack' },
    reason: 'Isolation attack',
    readOnly: false,
    minutes: 60,
  })
  return [
    ...builtIn,
    holder('custom role', auditor, 'viewer', new Set(permissions)),
    holder('demoted admin', demoted, 'viewer'),
    { ...holder('operator as a manager', acted, 'manager'), credential: acting.accessToken, acting: true },
  ]
}

/** Whom nothing is left of what he carries. */
export async function formerMembers(maker: PeopleMaker, place: Place): Promise<Carrier[]> {
  const removed = await makePerson(maker, place, { withPassword: false, role: 'admin' })
  await maker.services.members.remove(scopeOf(maker, place.tenantId), removed.memberId ?? '', 'revoke')
  const signedOut = await makePerson(maker, place, { withPassword: false, role: 'admin' })
  const person = { id: signedOut.userId, realmId: await realmOf(maker, place) }
  await maker.services.identity.endSessions(person, { except: undefined })
  return [
    { name: 'removed member', credential: tokenOf(removed) },
    { name: 'member who signed out', credential: tokenOf(signedOut) },
    { name: "signed-out browser's cookie", credential: signedOut.cookie },
  ]
}

/** An admin of granted objects: everything else is permitted to him. */
export function limitedMember(maker: PeopleMaker): Limited {
  return {
    name: 'limited member',
    kind: 'member',
    role: 'admin',
    permissions: permissionsOfRole(maker.system, 'admin'),
    make: async (side, grants) =>
      tokenOf(await makePerson(maker, side, { withPassword: false, role: 'admin', reach: 'granted', grants })),
  }
}

function tokenOf({ token }: Person): string {
  if (token === undefined) throw new Error('A member of the attack has no token.')
  return token
}

/** An operator of the attack, signed in on the operators' host with a second factor. */
export interface OperatorSession {
  readonly operatorId: string
  readonly cookie: Credential
  readonly token: string
}

/** Makes the operator a person, by the link that operators are invited with. */
export async function signInOperator(
  { services, hosts }: Pick<PeopleMaker, 'services' | 'hosts'>,
  operatorsHost: string,
  { id, email }: { readonly id: string; readonly email: string },
): Promise<OperatorSession> {
  const { identity, operators } = services
  const { token: link } = await operators.inviteAgain(id)
  await operators.accept(link, randomBytes(18).toString('base64url'))
  const person = await identity.findUserByEmail(operatorsRealm, email)
  if (person === undefined) throw new Error('The operator of the attack is no person.')
  const origin = hosts.originOf(operatorsHost)
  const proved = ['password', 'totp']
  const door = { host: operatorsHost, tenantId: undefined, address: '127.0.0.1', userAgent: undefined }
  const session = await identity.startSession(person, door, proved)
  const kind = { kind: 'person', session: { kind: 'browser', id: session.id }, tenantId: undefined, methods: proved } as const
  const { accessToken } = await operators.mintToken({ ...person, ...kind }, origin)
  return { operatorId: id, cookie: { cookie: session.cookie.split(';')[0] ?? '' }, token: accessToken }
}
