/**
 * `leak`: rows can cross between tenants, or a wall that prevents it is down; a server refuses to start.
 * `weak`: nothing crosses today, but one mistake more and it would; `/readyz` shows it.
 * `outside`: the provider of the database owns the object; accepted by name, with a reason, or it counts as weak.
 */
export type Weight = 'leak' | 'weak' | 'outside'

export interface Finding {
  /** Name of the rule, for example `row-security-not-forced`. */
  readonly rule: string
  readonly weight: Weight
  /** What it was found on, quoted as in SQL: `bms.points`, `role app`. */
  readonly object: string
  readonly what: string
  readonly why: string
  /** The statement that mends it; run it as the owner (for `outside`, as whoever owns the object). */
  readonly mend: string
}

/** An `outside` finding that somebody looked at and lives with. */
export interface AcceptedFinding {
  readonly rule: string
  readonly object: string
  readonly why: string
}

export type Verdict = 'clean' | 'weak' | 'leak'

export interface Report {
  /** `leak` if any finding is one; else `weak` if there is any finding that nobody accepted; else `clean`. */
  readonly verdict: Verdict
  /** Leaks first, then by object. */
  readonly findings: readonly Finding[]
  readonly accepted: readonly Finding[]
  /** Entries of the accepted list that no longer match anything and should be deleted. */
  readonly stale: readonly AcceptedFinding[]
  /** How many rules were asked. */
  readonly rules: number
  /** How many relations were examined: those of our schemas and all that the app or the directory role holds a privilege on. */
  readonly relations: number
  /** How many of them are enrolled. */
  readonly enrolled: number
}

const gravity: Readonly<Record<Weight, number>> = { leak: 0, weak: 1, outside: 2 }

/** Sorts findings, sets the accepted ones apart and gives the verdict. Only `outside` findings can be accepted. */
export function reportOf(
  found: readonly Finding[],
  accepted: readonly AcceptedFinding[],
  counted: { readonly rules: number; readonly relations: number; readonly enrolled: number },
): Report {
  const matches = (entry: AcceptedFinding, finding: Finding) =>
    finding.weight === 'outside' && entry.rule === finding.rule && entry.object === finding.object
  const findings = found
    .filter((finding) => !accepted.some((entry) => matches(entry, finding)))
    .sort((a, b) => gravity[a.weight] - gravity[b.weight] || a.object.localeCompare(b.object) || a.rule.localeCompare(b.rule))
  return {
    verdict: findings.some((finding) => finding.weight === 'leak') ? 'leak' : findings.length > 0 ? 'weak' : 'clean',
    findings,
    accepted: found.filter((finding) => !findings.includes(finding)),
    stale: accepted.filter((entry) => !found.some((finding) => matches(entry, finding))),
    ...counted,
  }
}
