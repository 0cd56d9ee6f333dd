import { randomBytes } from 'node:crypto'
import { type Attacker, attackersOf, credentialFor, ownerOf, type Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import type { Ask } from './fixture.ts'
import { groundOf } from './ground.ts'
import { failed, type Score, type Wrong } from './report.ts'
import { type Answer, headersOf, json, type Shot, type Wire } from './wire.ts'
import type { Credential, Person, PersonKind, Side, World } from './world.ts'

/** An answer and what was wrong with it by itself: a canary of somebody else's, an error of the server's own. */
export interface Impact {
  readonly answer: Answer
  readonly wrong: Wrong | undefined
}

export interface Preparing {
  /** Who will ask. On a route for persons default the first kind of person. */
  readonly attacker?: Attacker
  readonly canary?: string
}

/** One attack under way: prepares objects, sends requests, searches every answer. */
export class Assault {
  readonly world: World
  readonly score: Score
  readonly wire: Wire
  /** Routes of which a fixture said that members are refused: somebody who belongs to no tenant is whom they are for. */
  readonly #notForMembers = new Set<string>()

  constructor(world: World, score: Score, wire: Wire) {
    this.world = world
    this.score = score
    this.wire = wire
  }

  get sides(): readonly Side[] {
    return [this.world.own, this.world.other, this.world.suspended]
  }

  attackers(side: Side, target: Target): Attacker[] {
    return attackersOf(this.world, side, target)
  }

  /** Somebody of the side for whom the route is. */
  insider(side: Side, target: Target): Attacker {
    const usual = this.#usualPerson(target)
    const person = target.audience === 'person' ? this.attackers(side, target).find((each) => each.person === usual) : undefined
    return person ?? ownerOf(side)
  }

  #usualPerson({ operation }: Target): PersonKind | undefined {
    const { persons } = this.world
    return this.#notForMembers.has(operation) ? persons.find(({ role }) => role === undefined) : persons[0]
  }

  /** Fresh objects of the route's fixture, and how to ask about them. */
  async prepare(target: Target, side: Side, { attacker, canary = side.canary }: Preparing = {}): Promise<Prepared> {
    const { fixtures } = this.world
    const fixture = fixtures[target.operation]
    if (fixture === undefined) throw new Error(`no fixture makes it: give one for ${target.operation}`)
    const kind = target.audience === 'person' ? (attacker?.person ?? this.#usualPerson(target)) : undefined
    if (target.audience === 'person' && kind === undefined)
      throw new Error('not_configured: there is nobody who could be signed in')
    const asker = kind === undefined ? (attacker?.role ?? 'viewer') : kind.role
    const { ground, me } = groundOf({ world: this.world, wire: this.wire, side, canary, asker })
    const ask = await fixture(ground)
    if (attacker === undefined && kind?.role !== undefined && ask.members !== undefined) {
      this.#notForMembers.add(target.operation)
      return this.prepare(target, side, { canary })
    }
    const made = kind === undefined ? await me() : await ground.me()
    return { ...ask, side, ...(made === undefined ? {} : { asker: carriedBy(kind, made) }) }
  }

  hostFor(target: Target, side: Side, ask?: Ask): string {
    return target.audience === 'operator' || ask?.on === 'operators' ? this.world.operatorsHost : side.host
  }

  async fire(target: Target, attacker: Attacker, ask: Prepared, host: string, changes: Partial<Shot> = {}): Promise<Impact> {
    const credential =
      'credential' in changes ? changes.credential : await credentialFor(attacker, attacker.side ?? this.world.own, ask)
    const shot = shotOf(target, ask, attacker, host)
    const headers = { ...shot.headers, ...headersOf(this.world, host, credential), ...changes.headers }
    const answer = await this.wire.send({ ...shot, ...changes, credential, headers })
    return { answer, wrong: this.#judge(answer, attacker, target, ask) }
  }

  /** What the tenant's own people see of the thing; undefined where the fixture says nowhere to look. */
  async lookIfAny({ look, asker }: Prepared, side: Side): Promise<Answer | undefined> {
    if (look === undefined) return undefined
    const host = look.as === 'operator' ? this.world.operatorsHost : side.host
    const credential = look.as === 'operator' ? this.world.operator : look.as === 'me' ? asker : side.owner
    // What an operator sees inside of a tenant he has to have a reason for.
    const reason = look.as === 'operator' ? { 'tenantry-reason': 'Isolation attack' } : {}
    const headers = { ...headersOf(this.world, host, credential), ...reason }
    return this.wire.send({ method: 'GET', path: look.path, host, credential, headers })
  }

  secretsOf({ canary, number }: Side): string[] {
    return [canary, String(number)]
  }

  #judge(answer: Answer, attacker: Attacker, target: Target, ask: Prepared): Wrong | undefined {
    if (answer.status >= 500) return failed(`answered ${answer.status}: ${answer.text.slice(0, 200)}`)
    const mayKnow = (side: Side) =>
      side === attacker.side ||
      (attacker.kind === 'operator' && target.audience === 'operator') ||
      // A public route is asked with what the tenant's own people know: a password, a link.
      (target.audience === 'public' && side === ask.side)
    return this.foreignIn(`${JSON.stringify(answer.headers)} ${answer.text}`, mayKnow, 'the answer')
  }

  /** Searches a text for what belongs to a tenant that the reader is not of. */
  foreignIn(text: string, mayKnow: (side: Side) => boolean, where: string): Wrong | undefined {
    for (const side of this.sides) {
      if (mayKnow(side)) continue
      const found = this.secretsOf(side).find((secret) => text.includes(secret))
      if (found === undefined) continue
      const at = text.indexOf(found)
      return failed(
        `${where} shows what belongs to the ${side.name} tenant: "${text.slice(Math.max(0, at - 40), at + found.length)}"`,
      )
    }
    return undefined
  }
}

function carriedBy(kind: PersonKind | undefined, { cookie, token }: Person): Credential {
  const credential = kind?.carries === 'cookie' ? cookie : token
  if (credential === undefined) throw new Error(`${kind?.name} has no token`)
  return credential
}

/** A key of its own for each POST, as a careful client sends it: no trial may be answered with another one's answer. */
function requestHeaders(method: string): Record<string, string> {
  return method === 'POST' ? { 'idempotency-key': randomBytes(12).toString('hex') } : {}
}

function shotOf(target: Target, ask: Ask, attacker: Attacker, host: string): Shot {
  const body = ask.raw ?? (ask.body === undefined ? undefined : json(ask.body))
  return {
    method: target.method,
    path: pathOf(target, ask),
    host,
    headers: {
      ...(target.takesIdempotencyKey ? requestHeaders(target.method) : {}),
      ...(target.entersTenant && attacker.reason !== false ? { 'tenantry-reason': 'Isolation attack' } : {}),
      ...ask.headers,
    },
    body,
  }
}

function pathOf(target: Target, { params = {}, query = {} }: Ask): string {
  const path = target.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name]
    if (value === undefined) throw new Error(`The fixture of ${target.operation} gives no ${name} for the path.`)
    return encodeURIComponent(value)
  })
  const text = new URLSearchParams(query).toString()
  return text === '' ? path : `${path}?${text}`
}
