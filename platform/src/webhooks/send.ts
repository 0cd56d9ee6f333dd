import type { OutboundService } from '../outbound/outbound.ts'
import { OutboundFailure } from '../outbound/outbound-failure.ts'
import type { DueDelivery } from './delivery-queries.ts'
import type { Outcome } from './outcome-queries.ts'
import { signedHeaders } from './signed-headers.ts'

/** Milliseconds for an answer: a receiver should queue and work later. */
const timeout = 15_000
/** Of an answer that nobody reads. */
const mostBytes = 65_536

export interface Letter {
  readonly tenantId: string
  readonly url: string
  /** The current one first. */
  readonly secrets: readonly string[]
  readonly delivery: DueDelivery
}

/**
 * One attempt.
 *
 * @throws OutboundFailure `too_many_at_once`, which is nobody's failure, and the reason of `signal`
 */
export async function send(outbound: OutboundService, letter: Letter, signal: AbortSignal): Promise<Outcome> {
  const { tenantId, url, secrets, delivery } = letter
  const { eventId, body } = delivery
  const headers = signedHeaders({ eventId, body, now: new Date(delivery.now), secrets })
  const startedAt = performance.now()
  const outcome = (code: string, status: number | null, delivered = false): Outcome => ({
    delivered,
    code,
    status,
    millis: Math.round(performance.now() - startedAt),
  })
  try {
    const { status } = await outbound.request({ tenantId, url, method: 'POST', headers, body, timeout, mostBytes, signal })
    return status >= 200 && status < 300 ? outcome('delivered', status, true) : outcome(`status_${status}`, status)
  } catch (error) {
    if (!(error instanceof OutboundFailure) || error.code === 'too_many_at_once') throw error
    return outcome(error.code, null)
  }
}
