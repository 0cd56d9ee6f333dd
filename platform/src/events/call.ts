import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import type { OutboxEvent, Subscriber } from './event.ts'

export interface CallOptions {
  /** A scope of the event's tenant that ends with the signal. */
  readonly open: (signal: AbortSignal) => TenantScope
  readonly services: Services
  /** Fires when the node can wait no longer for calls to end. */
  readonly stop: AbortSignal
}

/** Seconds, where a subscriber says nothing else. */
const usualTimeout = 30

/**
 * Tells a subscriber one event, and settles when it has, or at once when its time is over or the node stops: what heeds neither
 * signal nor scope is left to itself, and told again later.
 *
 * @throws what the subscriber threw, `timed_out`, or the reason of `stop`
 */
export async function call(subscriber: Subscriber, event: OutboxEvent, { open, services, stop }: CallOptions): Promise<void> {
  const abort = new AbortController()
  const { signal } = abort
  const { promise: over, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  const onStop = () => abort.abort(stop.reason)
  const onTimeout = () => abort.abort(problems.timed_out(`The subscriber ${subscriber.name} did not end in time.`))
  const timer = setTimeout(onTimeout, (subscriber.timeout ?? usualTimeout) * 1_000)
  stop.addEventListener('abort', onStop, { once: true })
  try {
    stop.throwIfAborted()
    await Promise.race([subscriber.handle(event, { scope: open(signal), services, signal }), over])
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', onStop)
  }
}
