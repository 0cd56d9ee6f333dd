import type { Target } from './document.ts'
import type { Ask } from './fixture.ts'
import type { Carrier, Credential, Limited, PersonKind, Side, World } from './world.ts'

/** Somebody who asks, with what he carries. */
export interface Attacker extends Carrier {
  /**
   * `limited`: reaches granted objects only, made for each trial. `person`: signed in, made with the objects of each trial.
   * `stranger`: live in a tenant that is none of the three.
   */
  readonly kind: 'key' | 'member' | 'limited' | 'person' | 'dead' | 'operator' | 'stranger'
  /** Whose key or member it is. */
  readonly side?: Side
  /** Undefined for everything. */
  readonly permissions?: ReadonlySet<string>
  readonly role?: string
  readonly acting?: true
  readonly limited?: Limited
  readonly person?: PersonKind
  /** Refused before anybody looks at what he asks for, like others before him: he tries one thing and not its every relation. */
  readonly alike?: true
  /** Of an operator: whether he says why he enters. */
  readonly reason?: boolean
}

/** Those who ask a route for the things of a side on its own address: its own people, and everybody who has no business there. */
export function attackersOf(world: World, side: Side, { audience }: Pick<Target, 'audience'>): Attacker[] {
  const holders = side.holders.map((holder): Attacker => ({ ...holder, side }))
  const limited = world.limited.map((each): Attacker => ({ ...each, kind: 'limited', side, limited: each }))
  const persons = world.persons.map((each): Attacker => ({ name: each.name, kind: 'person', side, person: each }))
  const dead = likeTheFirst(world.dead.map((each): Attacker => ({ ...each, kind: 'dead' })))
  const nobody: Attacker = { name: 'nobody', kind: 'dead' }
  const operators = world.operators.map((each): Attacker => ({ ...each, kind: 'operator', reason: true }))
  const unreasoned: Attacker = { name: 'operator without a reason', kind: 'operator', credential: world.operator, reason: false }
  const others = [...othersOf(world, side), ...world.strangers.map((each): Attacker => ({ ...each, kind: 'stranger' }))]
  // Who asks a public route makes no difference; that it makes none is seen by one of each.
  if (audience === 'public') return [...ofEachKind(holders), ...dead.slice(0, 1), nobody, ...operators.slice(0, 1)]
  const acting = holders.filter((holder) => holder.acting)
  if (audience === 'person')
    return [...persons, ...ofEachKind(holders, 'key'), ...acting, ...dead, nobody, ...operators, ...others]
  if (audience !== 'operator') return [...holders, ...limited, ...dead, nobody, ...operators, unreasoned, ...others]
  return [...likeTheFirst([...holders, ...limited, ...others]), ...dead, nobody, ...operators, unreasoned]
}

function likeTheFirst(attackers: readonly Attacker[]): Attacker[] {
  return attackers.map((each, index) => (index === 0 ? each : { ...each, alike: true }))
}

/** The one who may do most. */
export function ownerOf(side: Side): Attacker {
  const owner = side.holders.find(({ kind }) => kind === 'member') ?? side.holders[0]
  return { name: 'owner', kind: 'key', credential: side.owner, ...owner, side }
}

function othersOf(world: World, side: Side): Attacker[] {
  const other = side === world.other ? world.own : world.other
  const holders = other.holders.map((holder): Attacker => ({ ...holder, side: other }))
  return ofEachKind(holders).map((each) => ({ ...each, name: `other tenant's ${each.kind}` }))
}

function ofEachKind(attackers: readonly Attacker[], ...kinds: readonly Attacker['kind'][]): Attacker[] {
  const wanted = kinds.length === 0 ? (['key', 'member'] as const) : kinds
  return wanted.flatMap((kind) => attackers.find((each) => each.kind === kind) ?? [])
}

/** What must come of asking for one's own: a success, or this refusal. */
export type Expectation = { readonly status: 'success' } | Refusal
export interface Refusal {
  readonly status: number
  readonly code: string
}

const success: Expectation = { status: 'success' }
const nothingHere: Refusal = { status: 404, code: 'not_found' }
const unauthenticated: Refusal = { status: 401, code: 'unauthenticated' }
const forbidden: Refusal = { status: 403, code: 'forbidden' }

/** What must come of it when somebody asks a route, as it is meant to be asked, for things of `side` that is at work. */
export function expectationOf(target: Target, attacker: Attacker, side: Side, ask: Ask): Expectation {
  if (target.audience === 'public') return success
  if (attacker.kind === 'dead') return unauthenticated
  if (target.audience === 'operator') {
    if (attacker.kind !== 'operator') return nothingHere
    return target.entersTenant && attacker.reason !== true ? { status: 400, code: 'reason_required' } : success
  }
  if (target.audience === 'person' && !isPerson(attacker)) return unauthenticated
  if (attacker.side !== side) return nothingHere
  if (target.audience === 'person') return personExpectation(attacker, ask)
  if (!isPermitted(target, attacker)) return forbidden
  if (attacker.kind === 'limited' && ask.limited === 'refused') return forbidden
  const isKey = attacker.kind === 'key' || attacker.limited?.kind === 'key'
  return isKey && ask.keys === 'refused' ? forbidden : success
}

/** A key is nobody who could be signed in, and an operator is somebody on his own host only. */
function isPerson({ kind }: Attacker): boolean {
  return kind === 'person' || kind === 'member' || kind === 'stranger'
}

function personExpectation({ acting, person }: Attacker, { memberless, members, tokens }: Ask): Expectation {
  if (acting) return forbidden
  if (person?.carries === 'token' && tokens === 'refused') return forbidden
  return (person?.role === undefined ? memberless : members) ?? success
}

const rolesDown = ['owner', 'admin', 'manager', 'user', 'viewer']

/** Permission and role are asked of everybody who is of the tenant; a key has no role and is judged by its permissions. */
export function isPermitted({ audience, role }: Pick<Target, 'audience' | 'role'>, attacker: Attacker): boolean {
  const { permissions, kind } = attacker
  const hasPermission = audience === 'authenticated' || permissions === undefined || permissions.has(audience)
  if (role === undefined || (kind !== 'member' && attacker.limited?.kind !== 'member')) return hasPermission
  return hasPermission && rolesDown.indexOf(attacker.role ?? 'viewer') <= rolesDown.indexOf(role)
}

/** An ask whose objects were made; with the person that they belong to, if the fixture made one. */
export interface Prepared extends Ask {
  readonly side: Side
  /** What that person carries. */
  readonly asker?: Credential
}

/** What somebody carries who is made for the trial: by his reach, or as the person that the objects belong to. */
export async function credentialFor(attacker: Attacker, fallback: Side, ask: Prepared): Promise<Credential | undefined> {
  if (attacker.kind === 'person' || isReplaced(attacker, ask)) return ask.asker
  if (attacker.limited === undefined) return attacker.credential
  return attacker.limited.make(attacker.side ?? fallback, ask.grants ?? [])
}

/** A member asks as the one whom the fixture made with the same role, where the route uses him up: he leaves, he is signed out. */
function isReplaced({ kind, acting, side }: Attacker, ask: Prepared): boolean {
  return kind === 'member' && acting === undefined && ask.asker !== undefined && side === ask.side
}

/** Whether the trial is about the one who asks, and the attacker is nobody of whom there is a second one. */
export function cannotBeReplaced({ audience }: Pick<Target, 'audience'>, attacker: Attacker, ask: Prepared): boolean {
  const isAboutAsker = audience !== 'person' && ask.asker !== undefined
  return isAboutAsker && (attacker.kind === 'limited' || attacker.acting === true)
}
