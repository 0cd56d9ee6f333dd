import { setTimeout as sleep } from 'node:timers/promises'
import { permissionsOf } from '../access/platform-permissions.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import type { Fixtures } from '../isolation/attack/fixture.ts'
import type { Carrier, Limited, Side, World } from '../isolation/attack/world.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import type { SystemDefinition } from '../system.ts'
import {
  addressOf,
  formerMembers,
  limitedMember,
  makePerson,
  memberHolders,
  type OperatorSession,
  type PeopleMaker,
  personKinds,
  signInAgain,
} from './attack-people.ts'
import {
  attackerActor,
  everything,
  makeKey,
  makeKeyWithId,
  makeParent,
  makeSide,
  newSlug,
  scopeOf,
  type TenantMaker,
} from './attack-tenants.ts'
import { witnessesOf } from './attack-witnesses.ts'
import type { Hosts } from './hosts.ts'
import { platformFixtures } from './platform-fixtures.ts'
import { grantableOf, resourceFixtures } from './resource-fixtures.ts'

/** The part of an installation that makes the attack's world. */
export interface WorldParts {
  readonly configuration: Configuration
  readonly services: Services
  readonly directory: Directory
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly hosts: Pick<Hosts, 'originOf'>
}

export interface Surroundings {
  /** What the server logged until now. */
  readonly log: () => string
  readonly metrics: () => Promise<string>
}

export interface WorldOptions {
  readonly system: SystemDefinition
  /** Credential of an operator. */
  readonly operator: string
  /** Of the same operator, signed in as a person; undefined where nobody can. */
  readonly signedInOperator: OperatorSession | undefined
  readonly fixtures?: Fixtures | undefined
  readonly surroundings: Surroundings
  /** Told of each tenant as soon as it is made, so that it can be taken away whatever happens. */
  readonly onSide: (side: Side) => void
}

/** Tenants, keys and fixtures for an attack on one system's routes. */
export async function makeWorld(
  { services, directory, scope, configuration, hosts }: WorldParts,
  { system, operator, signedInOperator, fixtures, surroundings, onSide }: WorldOptions,
): Promise<World> {
  const hostOf = (slug: string) => `${slug}.${configuration.baseDomain}`
  const maker: PeopleMaker = { services, directory, scope, system, hostOf, hosts }
  const side = async (name: Side['name']): Promise<Side> => {
    const made = await makeSide(maker, name)
    onSide(made)
    if (signedInOperator === undefined) return made
    return { ...made, holders: [...(await memberHolders(maker, made, signedInOperator.operatorId)), ...made.holders] }
  }
  const [own, other, suspended] = [await side('own'), await side('other'), await side('suspended')]
  await makeParent(maker, [own, other, suspended])
  const { dead, expiresAt } = await deadKeys(maker, own)
  const people = signedInOperator === undefined ? nobody : await peopleOf(maker, { own, other }, signedInOperator)
  return {
    own,
    other,
    suspended,
    suspend: async () => {
      const order = { reason: 'Isolation attack', mode: 'blocked' } as const
      await services.tenants.move(suspended.tenantId, 'suspend', order, { actor: attackerActor })
      await sleep(Math.max(0, expiresAt - directory.clock()))
    },
    operatorsHost: hostOf('dashboard'),
    absentHost: hostOf(newSlug()),
    originOf: (host) => hosts.originOf(host),
    operator,
    operators: [{ name: "operator's key", credential: operator }, ...people.operators],
    dead: [...dead, ...people.dead],
    strangers: [],
    limited: [limitedKey(maker), ...people.limited],
    persons: people.kinds,
    withoutPeople: signedInOperator === undefined ? 'without a master key nobody signs in' : undefined,
    person: (place, person) => {
      if (signedInOperator === undefined) throw new Error('not_configured: without a master key nobody signs in')
      return makePerson(maker, place, person)
    },
    signInAgain: (place, person) => signInAgain(maker, place, person),
    addressOf,
    mailTo: (email) => readMail(services.mail, email),
    grantable: grantableOf(system),
    fixtures: { ...platformFixtures(system.name), ...resourceFixtures(system), ...system.attack, ...fixtures },
    witnesses: await witnessesOf({
      sides: [own, other, suspended],
      scopeOf: (tenantId) => scopeOf(maker, tenantId),
      directory,
      cache: services.cache,
      ...surroundings,
    }),
  }
}

const nobody = { kinds: [], dead: [], limited: [], operators: [] }

async function peopleOf(
  maker: PeopleMaker,
  { own, other }: { readonly own: Side; readonly other: Side },
  { token, cookie }: OperatorSession,
) {
  const elsewhere = await makePerson(maker, other, { role: 'owner', withPassword: false })
  return {
    kinds: personKinds,
    dead: [
      ...(await formerMembers(maker, own)),
      { name: "operator's cookie", credential: cookie },
      { name: "cookie of another tenant's host", credential: elsewhere.cookie },
    ],
    limited: [limitedMember(maker)],
    operators: [{ name: 'operator who signed in', credential: token }],
  }
}

/** Milliseconds that a mail may take: it is only written down, here. */
const mailPatience = 5_000

async function readMail({ unreachable }: Services['mail'], email: string): Promise<string> {
  for (const deadline = Date.now() + mailPatience; Date.now() < deadline; await sleep(10)) {
    const mail = unreachable.take(email)
    if (mail !== undefined) return [mail.subject, ...mail.paragraphs, mail.action?.url ?? ''].join('\n')
  }
  throw new Error(`no mail came for ${email}`)
}

/** Milliseconds that the key which has to expire is good for. */
const shortLife = 1_000

async function deadKeys(maker: TenantMaker, { tenantId, canary }: Side) {
  const permissions = await everything(maker, tenantId)
  const { id, credential: revoked } = await makeKeyWithId(maker, tenantId, { name: canary, permissions })
  await maker.services.keys.revoke(scopeOf(maker, tenantId), id)
  const expiresAt = maker.directory.clock() + shortLife
  const key = { name: canary, permissions, expiresAt: new Date(expiresAt).toISOString() }
  const dead: Carrier[] = [
    { name: 'revoked key', credential: revoked },
    { name: 'expired key', credential: await makeKey(maker, tenantId, key) },
  ]
  return { dead, expiresAt }
}

function limitedKey(maker: TenantMaker): Limited {
  return {
    name: 'limited key',
    kind: 'key',
    permissions: new Set(permissionsOf(maker.system).keys()),
    make: async ({ tenantId, canary }, grants) => {
      const permissions = await everything(maker, tenantId)
      return makeKey(maker, tenantId, { name: canary, permissions, reach: 'granted', grants })
    },
  }
}
