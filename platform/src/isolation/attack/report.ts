export const relations = ['own', 'foreign', 'absent', 'suspended', 'ungranted'] as const
export type Relation = (typeof relations)[number]

export interface Finding {
  /** `failed`: a wall has a hole. `untested`: nothing was proved here. Both fail the attack. */
  readonly kind: 'failed' | 'untested'
  /** Operation; `everywhere` for what belongs to none. */
  readonly operation: string
  readonly attacker: string
  /** A relation, or the name of a probe: `body reference buildingId`. */
  readonly trial: string
  readonly what: string
}

export interface Counts {
  readonly ok: number
  readonly untested: number
  readonly failed: number
}

export interface AttackReport {
  /** `held`: every cell was proved. */
  readonly verdict: 'held' | 'untested' | 'leaking'
  /** Operations, in the order of the document. */
  readonly routes: readonly string[]
  readonly attackers: readonly string[]
  readonly relations: readonly Relation[]
  /** What cannot be tried, said aloud so that nobody takes its absence for a success. */
  readonly notApplicable: readonly { readonly what: string; readonly why: string }[]
  /** Route x attacker x relation. */
  readonly cells: Counts
  /** Beyond the matrix: spoofed headers, ids in bodies and queries, cursors, idempotency keys, ETags. By kind. */
  readonly probes: Readonly<Record<string, Counts>>
  /** Places searched beside the answers: logs, metrics, rows at rest, caches. */
  readonly places: readonly string[]
  /** Cells by operation and relation. */
  readonly matrix: Readonly<Record<string, Readonly<Partial<Record<Relation, Counts>>>>>
  readonly findings: readonly Finding[]
  readonly requests: number
  readonly milliseconds: number
}

type Tally = { -readonly [K in keyof Counts]: Counts[K] }

/** Keeps score while the attack runs. */
export class Score {
  readonly findings: Finding[] = []
  readonly matrix: Record<string, Partial<Record<Relation, Tally>>> = {}
  readonly probes: Record<string, Tally> = {}
  readonly attackers = new Set<string>()
  readonly leftOut = new Map<string, string>(['child', 'parent'].map((relation) => [relation, 'tenants have no children yet']))

  /** A cell of the matrix; `wrong` says what is, undefined that it held. */
  cell(operation: string, attacker: string, relation: Relation, wrong: Wrong | undefined): void {
    this.attackers.add(attacker)
    const row = this.matrix[operation] ?? {}
    const tally = row[relation] ?? nothing()
    this.matrix[operation] = { ...row, [relation]: tally }
    this.#count(tally, { operation, attacker, trial: relation }, wrong)
  }

  leaveOut(what: string, why: string): void {
    this.leftOut.set(what, why)
  }

  /** A trial beyond the matrix. `kind` is what it is counted under; the rest of `trial` says which one. */
  probe(operation: string, attacker: string, kind: string, which: string, wrong: Wrong | undefined): void {
    const trial = which === '' ? kind : `${kind} ${which}`
    const tally = this.probes[kind] ?? nothing()
    this.probes[kind] = tally
    this.#count(tally, { operation, attacker, trial }, wrong)
  }

  #count(tally: Tally, where: Omit<Finding, 'kind' | 'what'>, wrong: Wrong | undefined): void {
    tally[wrong?.kind ?? 'ok'] += 1
    if (wrong !== undefined) this.findings.push({ ...where, ...wrong })
  }
}

export type Wrong = Pick<Finding, 'kind' | 'what'>

export const failed = (what: string): Wrong => ({ kind: 'failed', what })
export const untested = (what: string): Wrong => ({ kind: 'untested', what })

export function sum(counts: Iterable<Counts>): Counts {
  const total = nothing()
  for (const { ok, untested: open, failed: broken } of counts) {
    total.ok += ok
    total.untested += open
    total.failed += broken
  }
  return total
}

function nothing(): Tally {
  return { ok: 0, untested: 0, failed: 0 }
}

/** One report of several attacks on one installation: a tenant belongs to one system, so each system has an attack of its own. */
export function mergeReports(reports: readonly AttackReport[]): AttackReport {
  const [first, ...rest] = reports
  if (first === undefined) throw new Error('There is nothing to attack: no report.')
  return rest.reduce(merge, first)
}

const gravity: readonly AttackReport['verdict'][] = ['held', 'untested', 'leaking']

function merge(one: AttackReport, two: AttackReport): AttackReport {
  const kinds = new Set([...Object.keys(one.probes), ...Object.keys(two.probes)])
  const both = (kind: string) => [one.probes[kind], two.probes[kind]].filter((counts) => counts !== undefined)
  return {
    ...one,
    verdict: gravity[Math.max(gravity.indexOf(one.verdict), gravity.indexOf(two.verdict))] ?? 'leaking',
    routes: [...one.routes, ...two.routes],
    attackers: [...new Set([...one.attackers, ...two.attackers])],
    cells: sum([one.cells, two.cells]),
    notApplicable: [...new Map([...one.notApplicable, ...two.notApplicable].map((each) => [each.what, each])).values()],
    probes: Object.fromEntries([...kinds].map((kind) => [kind, sum(both(kind))])),
    places: [...new Set([...one.places, ...two.places])],
    matrix: { ...one.matrix, ...two.matrix },
    findings: [...one.findings, ...two.findings],
    requests: one.requests + two.requests,
    milliseconds: one.milliseconds + two.milliseconds,
  }
}
