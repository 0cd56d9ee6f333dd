import { randomBytes } from 'node:crypto'
import type { Assault, Impact } from './assault.ts'
import type { Attacker, Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import type { Victims } from './foreign-cells.ts'
import { absentLike, pathIdTable, valueAt, withPathIds, withValueAt } from './ids.ts'
import { succeeded } from './own-cells.ts'
import { failed, untested, type Wrong } from './report.ts'
import { difference } from './same-answer.ts'

/** What is tried on a route beyond the matrix, by somebody who may do everything in his own tenant. */
export async function tryProbes(assault: Assault, target: Target, victims: Victims): Promise<void> {
  await probeSecretElsewhere(assault, target)
  if (target.audience === 'operator' || target.audience === 'public' || victims.own.impossible !== undefined) return
  const attacker = assault.insider(assault.world.own, target)
  const probing: Probing = { assault, target, victims, attacker }
  await probeBodyIds(probing)
  await probeQueryIds(probing)
  await probeTenantNamed(probing)
  await probeSpoofedHeaders(probing)
  await probeCursor(probing)
  await probeSearch(probing)
  await probeIdempotencyKey(probing)
  await probeEtag(probing)
  await probeForeignPage(probing)
}

interface Probing {
  readonly assault: Assault
  readonly target: Target
  readonly victims: Victims
  readonly attacker: Attacker
}

/** CRM-5: an id in a body is looked for among the caller's own, like one in a path. */
async function probeBodyIds({ assault, target, victims, attacker }: Probing): Promise<void> {
  const { own, other, world } = { ...assault.world, world: assault.world }
  for (const pointer of target.bodyIds) {
    if (victims.own.notReferences?.includes(pointer) || victims.own.raw !== undefined) continue
    const theirs = valueAt(victims.other.body, pointer)
    const foreign = typeof theirs === 'string' ? theirs : other.tenantId
    const absent = absentLike(foreign)
    const ask = await assault.prepare(target, own)
    const fire = (id: string) =>
      assault.fire(target, attacker, { ...ask, body: withValueAt(ask.body, pointer, id) }, world.own.host)
    const [one, two] = [await fire(foreign), await fire(absent)]
    assault.score.probe(target.operation, attacker.name, 'id in the body', pointer, judge(one, two, foreign, absent))
  }

  function judge(one: Impact, two: Impact, foreign: string, absent: string): Wrong | undefined {
    if (one.wrong ?? two.wrong) return one.wrong ?? two.wrong
    if (one.answer.status < 400) return failed(`answered ${one.answer.status} for another tenant's id`)
    const apart = difference(one.answer, two.answer, [foreign], [absent])
    if (apart !== undefined) return failed(`another tenant's id and one that never was can be told apart: ${apart}`)
    if (one.answer.status === 400) return untested(`refused before the id was looked for: ${one.answer.text.slice(0, 200)}`)
    return undefined
  }
}

async function probeQueryIds({ assault, target, victims, attacker }: Probing): Promise<void> {
  const { own, other } = assault.world
  for (const name of target.queryIds) {
    const foreign = victims.other.query?.[name] ?? Object.values(pathIdTable(target, victims.other))[0] ?? other.tenantId
    const absent = absentLike(foreign)
    const fire = (id: string) =>
      assault.fire(target, attacker, { ...victims.own, query: { ...victims.own.query, [name]: id } }, own.host)
    const [one, two] = [await fire(foreign), await fire(absent)]
    const apart = difference(one.answer, two.answer, [foreign], [absent])
    const wrong =
      apart === undefined ? undefined : failed(`another tenant's id and one that never was can be told apart: ${apart}`)
    assault.score.probe(target.operation, attacker.name, 'id in the query', name, one.wrong ?? two.wrong ?? wrong)
  }
}

/** Isolation rule 16: the tenant is never named by a body or a query. */
async function probeTenantNamed({ assault, target, attacker }: Probing): Promise<void> {
  const { own, other } = assault.world
  const named = { tenantId: other.tenantId, tenant_id: other.tenantId }
  for (const [name, id] of Object.entries(named)) {
    const ask = await assault.prepare(target, own)
    if (target.bodyFields !== undefined && !target.bodyFields.has(name) && ask.raw === undefined) {
      const body = { ...(ask.body as Record<string, unknown>), [name]: id }
      const impact = await assault.fire(target, attacker, { ...ask, body }, own.host)
      assault.score.probe(target.operation, attacker.name, 'tenant named in the body', name, mustRefuse(impact))
    }
    if (target.query.has(name)) continue
    const impact = await assault.fire(target, attacker, { ...ask, query: { ...ask.query, [name]: id } }, own.host)
    assault.score.probe(target.operation, attacker.name, 'tenant named in the query', name, mustRefuse(impact))
  }
}

function mustRefuse({ answer, wrong }: Impact): Wrong | undefined {
  return wrong ?? (answer.status < 400 ? failed(`answered ${answer.status} instead of refusing it`) : undefined)
}

/** BMS-8: from a stranger these headers mean nothing, so he gets what he would get without them. */
async function probeSpoofedHeaders({ assault, target, attacker }: Probing): Promise<void> {
  const { own, other } = assault.world
  const spoofs: readonly Readonly<Record<string, string>>[] = [
    { 'x-tenant-id': other.tenantId },
    { 'x-forwarded-host': other.host },
    { forwarded: `for=192.0.2.1;host=${other.host};proto=https`, 'x-forwarded-for': '192.0.2.1', 'x-original-host': other.host },
  ]
  for (const headers of spoofs) {
    const ask = await assault.prepare(target, own)
    const before = await assault.lookIfAny(ask, own)
    const { answer, wrong } = await assault.fire(target, attacker, ask, own.host, { headers })
    const after = await assault.lookIfAny(ask, own)
    const verdict = wrong ?? succeeded(target, answer, ask.shows ?? own.canary, before, after)
    assault.score.probe(target.operation, attacker.name, 'spoofed header', Object.keys(headers)[0] ?? '', verdict)
  }
}

/** A cursor is data, not permission: another tenant's leads through the caller's own rows or nowhere. */
async function probeCursor({ assault, target, victims, attacker }: Probing): Promise<void> {
  if (!target.query.has('cursor') || !target.query.has('limit')) return
  const { own, other } = assault.world
  const query = (ask: Prepared, more: Record<string, string>): Prepared => ({
    ...ask,
    query: { ...ask.query, limit: '1', ...more },
  })
  await assault.prepare(target, other)
  const theirs = assault.insider(other, target)
  // Its own filter would leave one row, and no second page.
  const unfiltered: Prepared = { ...victims.other, query: {} }
  const page = await assault.fire(target, theirs, query(unfiltered, {}), other.host)
  const cursor = /"nextCursor":"([^"]+)"/.exec(page.answer.text)?.[1]
  if (cursor === undefined) {
    const wrong = untested(`the other tenant has no second page: ${page.answer.text.slice(0, 200)}`)
    return assault.score.probe(target.operation, attacker.name, 'cursor of another tenant', '', wrong)
  }
  const { wrong } = await assault.fire(target, attacker, query({ ...victims.own, query: {} }, { cursor }), own.host)
  assault.score.probe(target.operation, attacker.name, 'cursor of another tenant', '', wrong)
}

async function probeSearch({ assault, target, victims, attacker }: Probing): Promise<void> {
  if (!target.query.has('search')) return
  const { own, other } = assault.world
  const find = (search: string) => assault.fire(target, attacker, { ...victims.own, query: { search } }, own.host)
  const [mine, theirs] = [await find(own.canary), await find(other.canary)]
  const wrong = mine.wrong ?? theirs.wrong ?? succeeded(target, mine.answer, own.canary)
  assault.score.probe(target.operation, attacker.name, "search for another tenant's words", '', wrong)
}

/** The same key of two tenants is two keys: nobody is answered with somebody else's answer, or told that it was used. */
async function probeIdempotencyKey({ assault, target }: Probing): Promise<void> {
  if (!target.takesIdempotencyKey) return
  const { own, other } = assault.world
  const headers = { 'idempotency-key': randomBytes(12).toString('hex') }
  for (const side of [other, own]) {
    const attacker = assault.insider(side, target)
    const ask = await assault.prepare(target, side)
    const { answer, wrong } = await assault.fire(target, attacker, ask, side.host, { headers })
    const after = await assault.lookIfAny(ask, side)
    const verdict = wrong ?? succeeded(target, answer, ask.shows ?? side.canary, undefined, after)
    if (side === own || verdict !== undefined) {
      assault.score.probe(target.operation, attacker.name, 'idempotency key of another tenant', '', verdict)
      return
    }
  }
}

/** "Not modified" about somebody else's thing would say that it is there, and at which version. */
async function probeEtag({ assault, target, victims, attacker }: Probing): Promise<void> {
  if (!target.takesIfNoneMatch || target.pathIds.length === 0) return
  const { own, other } = assault.world
  const theirs = assault.insider(other, target)
  const seen = await assault.fire(target, theirs, victims.other, other.host)
  const etag = seen.answer.headers.etag
  if (etag === undefined) {
    return assault.score.probe(target.operation, attacker.name, 'ETag of another tenant', '', untested('it answered no ETag'))
  }
  const ids = pathIdTable(target, victims.other)
  const absent = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, absentLike(id)]))
  const fire = (table: Record<string, string>) =>
    assault.fire(target, attacker, withPathIds(victims.own, table), own.host, { headers: { 'if-none-match': etag } })
  const [one, two] = [await fire(ids), await fire(absent)]
  const apart = difference(one.answer, two.answer, Object.values(ids), Object.values(absent))
  const wrong = apart === undefined ? mustRefuse(one) : failed(`foreign and absent can be told apart: ${apart}`)
  assault.score.probe(target.operation, attacker.name, 'ETag of another tenant', '', one.wrong ?? two.wrong ?? wrong)
}

/** A page of another origin makes a browser send its cookie along: nothing may be changed with it. */
async function probeForeignPage({ assault, target }: Probing): Promise<void> {
  if (target.audience !== 'person' || target.method === 'GET') return
  const { own, other, originOf } = assault.world
  const attacker = assault.attackers(own, target).find(({ person }) => person?.carries === 'cookie')
  if (attacker === undefined) return
  for (const origin of [originOf(other.host), 'https://elsewhere.example', 'null']) {
    const ask = await assault.prepare(target, own, { attacker })
    const impact = await assault.fire(target, attacker, ask, own.host, { headers: { origin } })
    assault.score.probe(target.operation, attacker.name, "another origin's page", origin, mustRefuse(impact))
  }
}

/** A link or a hand-off of one tenant is, on another's address, one that never was. */
async function probeSecretElsewhere(assault: Assault, target: Target): Promise<void> {
  const { own, other } = assault.world
  const attacker = target.audience === 'person' ? assault.insider(own, target) : ({ name: 'nobody', kind: 'dead' } as const)
  const ask = await assault.prepare(target, own)
  if (ask.absentBody === undefined) return
  const { asker: credential } = ask
  const real = await assault.fire(target, attacker, ask, other.host, { credential })
  const absent = await assault.fire(target, attacker, { ...ask, body: ask.absentBody }, other.host, { credential })
  const apart = difference(real.answer, absent.answer, [], [])
  const wrong = apart === undefined ? mustRefuse(real) : failed(`foreign and absent can be told apart: ${apart}`)
  assault.score.probe(
    target.operation,
    attacker.name,
    "secret on another tenant's address",
    '',
    real.wrong ?? absent.wrong ?? wrong,
  )
}
