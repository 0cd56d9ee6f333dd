import { Assault } from './assault.ts'
import { credentialFor, type Prepared } from './attackers.ts'
import { type ApiDocument, type Target, targetsOf } from './document.ts'
import type { Ask } from './fixture.ts'
import { tryForeign, type Victims } from './foreign-cells.ts'
import { tryOwn } from './own-cells.ts'
import { tryProbes } from './probes.ts'
import { type AttackReport, failed, relations, Score, sum, untested, type Wrong } from './report.ts'
import { type Remains, trySuspended } from './suspended-cells.ts'
import { tryUngranted } from './ungranted-cells.ts'
import { Wire } from './wire.ts'
import type { Credential, World } from './world.ts'

export interface AttackOptions {
  /** Of the server that is attacked: `http://127.0.0.1:4400`. Hosts of tenants are said in the `Host` header. */
  readonly baseUrl: string
  /** What `/v1/openapi.json` answers: the matrix comes from it. */
  readonly document: ApiDocument
  /** Tenants, credentials and fixtures. `tenantry.attack()` makes them. */
  readonly world: World
  /** Called after each route. */
  readonly onRoute?: (operation: string, done: number, of: number) => void
}

/**
 * Attacks every route of a server as everybody who could ask, and says what came of it. Changes nothing but what belongs to
 * the synthetic tenants of its world. Findings are never thrown; a route without a fixture is one.
 *
 * @example
 * const report = await attack({ baseUrl, document, world })
 * if (report.verdict !== 'held') process.exit(1)
 */
export async function attack({ baseUrl, document, world, onRoute }: AttackOptions): Promise<AttackReport> {
  const began = performance.now()
  const wire = new Wire(baseUrl)
  const score = new Score()
  const assault = new Assault(world, score, wire)
  try {
    const targets = targetsOf(document)
    reportIdleFixtures(score, world, targets)
    const remains = await makeRemains(assault, targets)
    await world.suspend()
    let done = 0
    await inTurn(targets, async (target) => {
      await attackRoute(assault, target, remains.get(target))
      done += 1
      onRoute?.(target.operation, done, targets.length)
    })
    await searchPlaces(assault)
    return reportOf(score, targets, world, wire.requests, performance.now() - began)
  } finally {
    wire.close()
  }
}

/** A fixture of a route that is gone hides that a route was renamed. */
function reportIdleFixtures(score: Score, world: World, targets: readonly Target[]): void {
  const known = new Set(targets.map(({ operation }) => operation))
  for (const operation of Object.keys(world.fixtures)) {
    if (!known.has(operation)) score.probe(operation, 'nobody', 'fixture', '', untested('there is no such route'))
  }
}

async function makeRemains(assault: Assault, targets: readonly Target[]): Promise<Map<Target, Remains | Wrong>> {
  const remains = new Map<Target, Remains | Wrong>()
  await inTurn(targets, async (target) => {
    try {
      remains.set(target, await remainsOf(assault, target))
    } catch (error) {
      remains.set(target, untested(sentenceOf(error)))
    }
  })
  return remains
}

async function remainsOf(assault: Assault, target: Target): Promise<Remains> {
  const { suspended } = assault.world
  const ask = await assault.prepare(target, suspended)
  const changes = target.whileSuspended && target.method !== 'GET' && target.audience !== 'person' && ask.impossible === undefined
  const each = new Map<string, Prepared>()
  const limited = new Map<string, Credential | undefined>()
  for (const attacker of assault.attackers(suspended, target)) {
    const own = changes ? await assault.prepare(target, suspended) : ask
    if (changes) each.set(attacker.name, own)
    if (attacker.kind === 'limited') limited.set(attacker.name, await credentialFor(attacker, suspended, own))
  }
  return { ask, each, limited }
}

async function attackRoute(assault: Assault, target: Target, remains: Remains | Wrong | undefined): Promise<void> {
  try {
    if (remains === undefined || 'kind' in remains) throw new Error(remains?.what ?? 'nothing was prepared')
    const { own, other } = assault.world
    const victims: Victims = {
      own: await assault.prepare(target, own),
      other: await assault.prepare(target, other),
      suspended: remains.ask,
    }
    requireLook(target, victims.other)
    await warm(assault, target, victims)
    const before = await lookAtVictim(assault, victims.other)
    await tryOwn(assault, target, victims.own)
    await tryForeign(assault, target, victims)
    await trySuspended(assault, target, remains)
    await tryUngranted(assault, target, victims.own)
    await tryProbes(assault, target, victims)
    const after = await lookAtVictim(assault, victims.other)
    const intact = before === after ? undefined : failed("the other tenant's object was changed by somebody else's requests")
    if (before !== undefined) assault.score.probe(target.operation, 'everybody', "other tenant's object untouched", '', intact)
  } catch (error) {
    const { withoutPeople } = assault.world
    const why = sentenceOf(error)
    if (withoutPeople !== undefined && why.includes('not_configured')) assault.score.leaveOut(target.operation, withoutPeople)
    else assault.score.cell(target.operation, 'owner', 'own', untested(why))
  }
}

/** Both tenants read what is theirs first: a cache that forgets the tenant gives it to nobody while it is cold. */
async function warm(assault: Assault, target: Target, victims: Victims): Promise<void> {
  if (target.method !== 'GET' || target.audience === 'operator') return
  for (const side of [assault.world.own, assault.world.other]) {
    const insider = assault.insider(side, target)
    const { wrong } = await assault.fire(target, insider, victims[side.name], side.host)
    assault.score.probe(target.operation, insider.name, 'first reading', '', wrong)
  }
}

function requireLook(target: Target, { look, impossible }: Ask): void {
  if (impossible !== undefined) return
  if (target.method === 'GET' || target.pathIds.length === 0 || target.audience === 'operator' || look !== undefined) return
  throw new Error(`${target.operation} changes what its path names: its fixture must say where to \`look\` for it`)
}

async function lookAtVictim(assault: Assault, ask: Prepared): Promise<string | undefined> {
  const seen = await assault.lookIfAny(ask, assault.world.other)
  return seen && `${seen.status} ${seen.text}`
}

/** Beside the answers: what was logged, counted, stored and cached on the way. */
async function searchPlaces(assault: Assault): Promise<void> {
  for (const { place, of, read } of assault.world.witnesses) {
    const wrong = await read().then(
      (text) => assault.foreignIn(text, ({ name }) => name === of, place),
      (error) => untested(sentenceOf(error)),
    )
    assault.score.probe('everywhere', 'everybody', 'place', place, wrong)
  }
}

function reportOf(score: Score, targets: readonly Target[], world: World, requests: number, milliseconds: number): AttackReport {
  const cells = sum(Object.values(score.matrix).flatMap((row) => Object.values(row)))
  return {
    verdict: score.findings.some(({ kind }) => kind === 'failed') ? 'leaking' : score.findings.length > 0 ? 'untested' : 'held',
    routes: targets.map(({ operation }) => operation),
    attackers: [...score.attackers],
    relations,
    notApplicable: [...score.leftOut].map(([what, why]) => ({ what, why })),
    cells,
    probes: score.probes,
    places: world.witnesses.map(({ place }) => place),
    matrix: score.matrix,
    findings: score.findings,
    requests,
    milliseconds: Math.round(milliseconds),
  }
}

/**
 * A few routes at once, each one's trials in order: they look before and after. Of neighbours, one at a time: of what a tenant has
 * one only, a draft, another route's trial would have changed it meanwhile.
 */
async function inTurn(targets: readonly Target[], work: (target: Target) => Promise<void>): Promise<void> {
  const queue = [...targets]
  const busy = new Set<string>()
  let left = Promise.withResolvers<void>()
  const worker = async () => {
    while (queue.length > 0) {
      const at = queue.findIndex((target) => !busy.has(neighbourhoodOf(target)))
      const [target] = at === -1 ? [] : queue.splice(at, 1)
      if (target === undefined) {
        await left.promise
        continue
      }
      busy.add(neighbourhoodOf(target))
      await work(target)
      busy.delete(neighbourhoodOf(target))
      left.resolve()
      left = Promise.withResolvers()
    }
  }
  await Promise.all(Array.from({ length: 3 }, worker))
}

/** `/v1/brand/draft` and `/brand/{file}` are neighbours; operators' routes work on tenants made for them, and have none. */
function neighbourhoodOf({ audience, method, path }: Target): string {
  return audience === 'operator' ? `${method} ${path}` : (/^\/(?:v1\/)?([^/]+)/.exec(path)?.[1] ?? path)
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
