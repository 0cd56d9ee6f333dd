import type { Assault, Impact } from './assault.ts'
import { type Attacker, credentialFor, expectationOf, type Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import { absentLike, pathIdTable, withPathIds } from './ids.ts'
import { failed, type Relation, untested, type Wrong } from './report.ts'
import { difference } from './same-answer.ts'
import type { Side } from './world.ts'

/** How each side's things are asked for; prepared once, because nobody may get at them. */
export type Victims = Readonly<Record<Side['name'], Prepared>>

/**
 * Everybody asks for the things of another tenant, of a suspended one and for things that never were. Nobody may be able to
 * tell the three apart: status, headers and body are compared byte for byte.
 */
export async function tryForeign(assault: Assault, target: Target, victims: Victims): Promise<void> {
  const { own, other } = assault.world
  for (const attacker of assault.attackers(own, target)) {
    if (target.audience === 'operator' && attacker.kind === 'operator') {
      await tryAbsent(assault, target, attacker, victims.own)
      continue
    }
    if (attacker.alike) continue
    const turned = attacker.side === other
    const base = await baseOf(assault, target, attacker, turned ? victims.other : victims.own)
    const host = assault.hostFor(target, turned ? other : own, base)
    const strangers = turned
      ? { foreign: victims.own, suspended: victims.suspended }
      : { foreign: victims.other, suspended: victims.suspended }
    const neighbour = attacker.kind === 'person' ? { foreign: victims.own, suspended: victims.suspended } : undefined
    const byIds = await compareIds(assault, target, attacker, base, strangers, host)
    const byNeighbour = neighbour && (await compareIds(assault, target, attacker, base, neighbour, host))
    const byHost = await compareHosts(assault, target, attacker, base)
    for (const relation of ['foreign', 'suspended', 'absent'] as const) {
      const outcomes = [byIds, byHost, byNeighbour ?? untried].map((outcome) => outcome[relation])
      if (outcomes.every((each) => each === nothingTried)) continue
      const wrong = outcomes.find((each) => each !== undefined && each !== nothingTried)
      assault.score.cell(target.operation, attacker.name, relation, wrong as Wrong | undefined)
    }
  }
}

/** Of a person: his own things, for whoever asks for others' is somebody with some of his own. */
async function baseOf(assault: Assault, target: Target, attacker: Attacker, victim: Prepared): Promise<Prepared> {
  return attacker.kind === 'person' ? assault.prepare(target, assault.world.own, { attacker }) : victim
}

const nothingTried = Symbol('nothing tried')
type Outcome = Partial<Record<Relation, Wrong | undefined | typeof nothingTried>>
const untried: Outcome = { foreign: nothingTried, suspended: nothingTried, absent: nothingTried }

/** An operator may know that a tenant is another one, but nothing comes of asking for what is not there. */
async function tryAbsent(assault: Assault, target: Target, attacker: Attacker, ask: Prepared): Promise<void> {
  if (target.pathIds.length === 0) return
  const impact = await assault.fire(target, attacker, withPathIds(ask, absentIds(target, ask)), assault.world.operatorsHost)
  const wrong =
    impact.wrong ?? (impact.answer.status < 400 ? failed(`answered ${impact.answer.status} for what never was`) : undefined)
  assault.score.cell(target.operation, attacker.name, 'absent', wrong)
}

async function compareIds(
  assault: Assault,
  target: Target,
  attacker: Attacker,
  base: Prepared,
  strangers: { readonly foreign: Prepared; readonly suspended: Prepared },
  host: string,
): Promise<Outcome> {
  if (target.pathIds.length === 0) return untried
  // One credential for all of them: a limited key that was granted what is its own.
  const credential = await credentialFor(attacker, attacker.side ?? assault.world.own, base)
  const fire = (ids: Record<string, string>) => assault.fire(target, attacker, withPathIds(base, ids), host, { credential })
  const outcome: Outcome = {}
  for (const names of combinations(target.pathIds)) {
    const only = (table: Record<string, string>) => Object.fromEntries(names.map((name) => [name, table[name] as string]))
    const absentTable = only(absentIds(target, strangers.foreign))
    const absent = await fire(absentTable)
    outcome.absent ??= absent.wrong ?? properRefusal(assault, target, attacker, base, absent)
    for (const relation of ['foreign', 'suspended'] as const) {
      const table = only(pathIdTable(target, strangers[relation]))
      const impact = await fire(table)
      outcome[relation] ??= impact.wrong ?? tellsApart(relation, impact, absent, Object.values(table), Object.values(absentTable))
    }
  }
  return outcome
}

/** Each id of the path alone, so that a child of somebody else's is not hidden by its parent, and all together. */
function combinations(names: readonly string[]): string[][] {
  return names.length < 2 ? [[...names]] : [[...names], ...names.map((name) => [name])]
}

/** A live credential on another tenant's address, and on one that is nobody's. */
async function compareHosts(assault: Assault, target: Target, attacker: Attacker, ask: Prepared): Promise<Outcome> {
  const { own, other, suspended, absentHost } = assault.world
  if (target.audience === 'public' || target.audience === 'operator' || attacker.side === undefined) return untried
  const credential = await credentialFor(attacker, attacker.side, ask)
  const at = (host: string) => assault.fire(target, attacker, ask, host, { credential })
  const nobodys = await at(absentHost)
  const elsewhere = attacker.side === other ? own.host : other.host
  const others = await at(elsewhere)
  const gone = await at(suspended.host)
  if (typeof credential === 'object' || (target.audience === 'person' && attacker.kind === 'key')) return asNobody()
  return {
    absent: nobodys.wrong ?? mustRefuse(nobodys),
    foreign: others.wrong ?? mustRefuse(others) ?? tellsApart('foreign', others, nobodys, [], []),
    suspended: gone.wrong ?? mustRefuse(gone) ?? tellsApart('suspended', gone, nobodys, [], []),
  }

  /** A cookie of one host is none on another, and a key is no person anywhere. */
  async function asNobody(): Promise<Outcome> {
    const without = (host: string) => assault.fire(target, attacker, ask, host, { credential: undefined })
    return {
      absent: nobodys.wrong ?? mustRefuse(nobodys),
      foreign: others.wrong ?? mustRefuse(others) ?? tellsApart('foreign', others, await without(elsewhere), [], []),
      suspended: gone.wrong ?? mustRefuse(gone) ?? tellsApart('suspended', gone, await without(suspended.host), [], []),
    }
  }
}

function absentIds(target: Target, ask: Prepared): Record<string, string> {
  return Object.fromEntries(Object.entries(pathIdTable(target, ask)).map(([name, id]) => [name, absentLike(id)]))
}

function tellsApart(
  relation: Relation,
  impact: Impact,
  absent: Impact,
  sent: readonly string[],
  sentAbsent: readonly string[],
): Wrong | undefined {
  const apart = difference(impact.answer, absent.answer, sent, sentAbsent)
  return apart === undefined ? undefined : failed(`${relation} and absent can be told apart: ${apart}`)
}

/** Who would be let through to his own must be told "not found": any other refusal came before the id was looked at. */
function properRefusal(assault: Assault, target: Target, attacker: Attacker, ask: Prepared, impact: Impact): Wrong | undefined {
  const { status, text } = impact.answer
  const refused = mustRefuse(impact)
  if (refused !== undefined || target.audience === 'public') return target.audience === 'public' ? undefined : refused
  const side = attacker.side ?? assault.world.own
  const expected = expectationOf(target, attacker, side, ask)
  if (expected.status === 'success' && status !== 404) {
    return untested(`what never was is answered ${status}, before anybody looked for it: ${text.slice(0, 200)}`)
  }
  return undefined
}

function mustRefuse({ answer }: Impact): Wrong | undefined {
  return answer.status < 400 ? failed(`answered ${answer.status} for what is not the caller's`) : undefined
}
