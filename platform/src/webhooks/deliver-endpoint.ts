import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import { patienceDays, pauseOfDelivery, restOfEndpoint } from './back-off.ts'
import { type DueDelivery, nextDue, untilNext } from './delivery-queries.ts'
import { findTarget, type Target } from './endpoint-queries.ts'
import { disableEndpoint, keepFailure, keepSuccess, type Outcome } from './outcome-queries.ts'
import { secretPlace } from './secret-place.ts'
import { send } from './send.ts'

export interface DeliverOptions {
  readonly scope: TenantScope
  readonly services: Pick<Services, 'outbound' | 'secrets'>
  /** Fires when the turn's time is over, or the node stops. */
  readonly signal: AbortSignal
}

/** Milliseconds after which an endpoint lets others go first. */
const longestTurn = 20_000

/** Sends what is due to one endpoint. Answers in how many seconds there is more to do; null for nothing. */
export async function deliverEndpoint(endpointId: string, options: DeliverOptions): Promise<number | null> {
  const { scope, signal } = options
  const end = performance.now() + longestTurn
  while (!signal.aborted && performance.now() < end) {
    const target = await findTarget(scope, endpointId)
    if (target === undefined) return null
    if (target.waits > 0) return target.waits
    const delivery = await nextDue(scope, endpointId, patienceDays)
    if (delivery === undefined) return untilNext(scope, endpointId)
    const secrets = await openSecrets(options, endpointId, target)
    const outcome = await attempt(options, { url: target.url, secrets, delivery })
    if (outcome === undefined) return 1
    if (await keep(scope, endpointId, target, delivery, outcome)) return null
  }
  return 0
}

/** Answers whether the endpoint is given up. */
async function keep(
  scope: TenantScope,
  endpointId: string,
  target: Target,
  delivery: DueDelivery,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.delivered) {
    await keepSuccess(scope, endpointId, delivery, outcome)
    return false
  }
  const givenUp = await keepFailure(scope, endpointId, delivery, outcome, {
    delivery: pauseOfDelivery(delivery.attempts + 1),
    endpoint: restOfEndpoint(target.failures + 1),
  })
  const because = outcome.status === 410 ? 'gone' : givenUp ? 'failing' : undefined
  if (because !== undefined) await disableEndpoint(scope, endpointId, because)
  return because !== undefined
}

async function openSecrets({ scope, services }: DeliverOptions, endpointId: string, target: Target): Promise<string[]> {
  const sealed = target.previousSecret === null ? [target.secret] : [target.secret, target.previousSecret]
  const opened = await Promise.all(sealed.map((each) => services.secrets.openForTenant(scope, secretPlace(endpointId), each)))
  return opened.map((secret) => secret.toString())
}

/** Undefined when too much of this tenant is on its way already, or the node stops: no attempt was made. */
async function attempt(
  { scope, services, signal }: DeliverOptions,
  letter: { url: string; secrets: readonly string[]; delivery: DueDelivery },
): Promise<Outcome | undefined> {
  try {
    return await send(services.outbound, { tenantId: scope.context.tenantId, ...letter }, signal)
  } catch (error) {
    if (signal.aborted || error instanceof OutboundFailure) return undefined
    throw error
  }
}
