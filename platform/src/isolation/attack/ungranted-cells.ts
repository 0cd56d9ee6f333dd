import type { Assault } from './assault.ts'
import { type Attacker, credentialFor, type Prepared } from './attackers.ts'
import type { Target } from './document.ts'
import { pathIdTable, valueAt, withPathIds, withValueAt } from './ids.ts'
import { failed, type Wrong } from './report.ts'

/**
 * Somebody who reaches some objects of its tenant, and the objects it does not reach: asked for by their ids, named in bodies,
 * or lying in a list beside the granted ones.
 */
export async function tryUngranted(assault: Assault, target: Target, granted: Prepared): Promise<void> {
  if (granted.grants === undefined || target.audience === 'operator') return
  for (const attacker of assault.attackers(assault.world.own, target)) {
    if (attacker.kind === 'limited') await tryOne(assault, target, attacker, granted)
  }
}

async function tryOne(assault: Assault, target: Target, attacker: Attacker, granted: Prepared): Promise<void> {
  const { own } = assault.world
  const hiddenCanary = `${own.canary}hid`
  const hidden = await assault.prepare(target, own, { canary: hiddenCanary })
  const named = target.pathIds.length > 0 || target.bodyIds.some((pointer) => valueAt(hidden.body, pointer) !== undefined)
  const credential = await credentialFor(attacker, own, granted)
  const ask = namingHidden(target, granted, hidden)
  const before = await assault.lookIfAny(hidden, own)
  const { answer, wrong } = await assault.fire(target, attacker, ask, own.host, { credential })
  const after = await assault.lookIfAny(hidden, own)
  assault.score.cell(target.operation, attacker.name, 'ungranted', wrong ?? judge())

  function judge(): Wrong | undefined {
    if (answer.text.includes(hiddenCanary)) return failed('the answer shows an object that was not granted')
    if (named && answer.status < 400) return failed(`answered ${answer.status} for an object that was not granted`)
    if (before?.text !== after?.text) return failed('an object that was not granted was changed')
    return undefined
  }
}

function namingHidden(target: Target, granted: Prepared, hidden: Prepared): Prepared {
  let body = granted.body
  for (const pointer of target.bodyIds) {
    const id = valueAt(hidden.body, pointer)
    if (id !== undefined) body = withValueAt(body, pointer, id)
  }
  const ask = withPathIds(granted, pathIdTable(target, hidden))
  return body === undefined ? ask : { ...ask, body }
}
