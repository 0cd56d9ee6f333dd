import type { Assault, Impact } from './assault.ts'
import { type Attacker, cannotBeReplaced, type Expectation, expectationOf, type Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import { failed, untested, type Wrong } from './report.ts'
import type { Answer } from './wire.ts'

/**
 * Everybody asks for the things of `own`. Who may must get a 2xx and see the canary, on objects made for this one request:
 * an attack that only ever meets a refusal proves nothing. Everybody else must be refused in the way that fits him.
 */
export async function tryOwn(assault: Assault, target: Target, refusedAsk: Prepared): Promise<void> {
  const { own } = assault.world
  for (const attacker of assault.attackers(own, target)) {
    const expected = expectationOf(target, attacker, own, refusedAsk)
    if (expected.status === 'success' && cannotBeReplaced(target, attacker, refusedAsk)) continue
    if (expected.status === 'success' && refusedAsk.impossible !== undefined) {
      assault.score.leaveOut(`${target.operation}, own`, refusedAsk.impossible)
      continue
    }
    const wrong = await tryOne(assault, target, attacker, expected, refusedAsk)
    assault.score.cell(target.operation, attacker.name, 'own', wrong)
  }
}

async function tryOne(
  assault: Assault,
  target: Target,
  attacker: Attacker,
  expected: Expectation,
  refusedAsk: Prepared,
): Promise<Wrong | undefined> {
  const { own } = assault.world
  const host = assault.hostFor(target, own, refusedAsk)
  if (expected.status !== 'success') {
    const ask = attacker.kind === 'person' ? await assault.prepare(target, own, { attacker }) : refusedAsk
    return refusedAs(await assault.fire(target, attacker, ask, host), expected)
  }
  const ask = await assault.prepare(target, own, { attacker })
  const before = await assault.lookIfAny(ask, own)
  const impact = await assault.fire(target, attacker, ask, host)
  const after = await assault.lookIfAny(ask, own)
  return impact.wrong ?? succeeded(target, impact.answer, ask.shows ?? own.canary, before, after)
}

/** Whether the refusal is the one that the attacker must meet. */
export function refusedAs(
  { answer, wrong }: Impact,
  { status, code }: Exclude<Expectation, { status: 'success' }>,
): Wrong | undefined {
  if (wrong !== undefined) return wrong
  if (answer.status < 400) return failed(`answered ${answer.status} where ${status} ${code} was due`)
  if (answer.status === status && answer.text.includes(`"${code}"`)) return undefined
  return failed(`refused with ${answer.status} where ${status} ${code} was due: ${answer.text.slice(0, 200)}`)
}

/** Whether a success is one: the canary is seen, and a change has changed something. */
export function succeeded({ method }: Target, answer: Answer, shows: string, before?: Answer, after?: Answer): Wrong | undefined {
  if (answer.status < 200 || answer.status > 299) {
    return untested(`answered ${answer.status} where a 2xx was due: ${answer.text.slice(0, 200)}`)
  }
  const seen = [answer, before, after].some((each) => each?.text.includes(shows))
  if (!seen)
    return untested(`its canary was seen neither in the answer nor where its fixture looks: ${answer.text.slice(0, 100)}`)
  const changed = before === undefined || after === undefined || before.status !== after.status || before.text !== after.text
  if (method !== 'GET' && !changed) return untested('it changed nothing where its fixture looks')
  return undefined
}
