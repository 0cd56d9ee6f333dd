import type { Assault } from './assault.ts'
import { type Expectation, expectationOf, type Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import { refusedAs, succeeded } from './own-cells.ts'
import type { Credential } from './world.ts'

/** What was made in the suspended tenant while it was at work, with what a limited attacker carries: afterwards nothing can be made there. */
export interface Remains {
  readonly ask: Prepared
  /** By attacker, of a route that changes something there all the same: whoever comes first uses up what was made. */
  readonly each: ReadonlyMap<string, Prepared>
  /** By attacker. */
  readonly limited: ReadonlyMap<string, Credential | undefined>
}

/** The suspended tenant's own people, on its own address, for its own things. */
export async function trySuspended(assault: Assault, target: Target, { ask: first, each, limited }: Remains): Promise<void> {
  if (target.audience === 'operator' || target.audience === 'public') return
  const { suspended } = assault.world
  const host = assault.hostFor(target, suspended)
  const made = first.renew === undefined ? first : { ...first, body: await first.renew() }
  for (const attacker of assault.attackers(suspended, target)) {
    if (attacker.alike) continue
    const ask = each.get(attacker.name) ?? made
    // What was made for the first is used up by him, and belongs to nobody else.
    if (attacker.kind === 'person' && attacker.name !== assault.insider(suspended, target).name) continue
    const expected = whileSuspended(target, ask, expectationOf(target, attacker, suspended, ask), attacker.side === suspended)
    if (expected.status === 'success' && ask.impossible !== undefined) continue
    const before = expected.status === 'success' ? await assault.lookIfAny(ask, suspended) : undefined
    const changes = attacker.kind === 'limited' ? { credential: limited.get(attacker.name) } : {}
    const impact = await assault.fire(target, attacker, ask, host, changes)
    const after = expected.status === 'success' ? await assault.lookIfAny(ask, suspended) : undefined
    const wrong =
      expected.status === 'success'
        ? (impact.wrong ?? succeeded(target, impact.answer, ask.shows ?? suspended.canary, before, after))
        : refusedAs(impact, expected)
    assault.score.cell(target.operation, attacker.name, 'suspended', wrong)
  }
}

/** Who is of the tenant is told so, before his permissions are looked at; everybody else meets what he met before. */
function whileSuspended(target: Target, ask: Prepared, otherwise: Expectation, isOfTenant: boolean): Expectation {
  if (target.audience === 'person' && otherwise.status === 'success') return ask.suspended ?? otherwise
  if (!isOfTenant || target.whileSuspended || target.audience === 'person') return otherwise
  return { status: 403, code: 'tenant_suspended' }
}
