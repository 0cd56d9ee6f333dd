import { retryAfterOf } from './problem.ts'

export interface Resilience {
  readonly fetch: (request: Request) => Promise<Response>
  /** Milliseconds one try may take; a stream of events takes as long as it takes. */
  readonly timeout: number
  /** Tries after the first. */
  readonly retries: number
  /** Milliseconds before the first repetition; doubles with each, less a random share. */
  readonly backOff: number
  /** Milliseconds somebody may be asked to wait; a longer `Retry-After` is handed to the caller. */
  readonly patience: number
}

const safeToRepeat = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * A fetch that tries again: after 429 and 503 as `Retry-After` says, and after network errors and time-outs where doing it twice
 * is doing it once. Each POST carries an `Idempotency-Key`, the same in all its tries, which makes it one of those.
 */
export function resilientFetch(resilience: Resilience): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', crypto.randomUUID())
    }
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= resilience.retries
      const outcome = await tryOnce(resilience, last ? request : request.clone())
      const wait = last ? undefined : waitAfter(outcome, request, attempt, resilience)
      if (wait === undefined || wait > resilience.patience) {
        if (outcome instanceof Response) return outcome
        throw outcome.error
      }
      if (outcome instanceof Response) await outcome.body?.cancel()
      await pause(wait, request.signal)
    }
  }
}

type Failure = { readonly error: unknown }

async function tryOnce({ fetch, timeout }: Resilience, request: Request): Promise<Response | Failure> {
  // A stream lasts; who follows it watches for silence instead.
  const limit = request.headers.get('accept') === 'text/event-stream' ? [] : [AbortSignal.timeout(timeout)]
  try {
    return await fetch(new Request(request, { signal: AbortSignal.any([request.signal, ...limit]) }))
  } catch (error) {
    return { error }
  }
}

/** Milliseconds until the next try, or undefined when there is to be none. */
function waitAfter(outcome: Response | Failure, request: Request, attempt: number, { backOff }: Resilience): number | undefined {
  if (request.signal.aborted) return undefined
  const jittered = backOff * 2 ** attempt * (0.5 + Math.random() / 2)
  if (!(outcome instanceof Response)) {
    return safeToRepeat.has(request.method) || request.headers.has('idempotency-key') ? jittered : undefined
  }
  if (outcome.status === 429 || outcome.status === 503) return Math.max(jittered, (retryAfterOf(outcome) ?? 0) * 1000)
  // The try before this one timed out here and is still being worked on there: its answer comes.
  return outcome.status === 409 && attempt > 0 && request.method === 'POST' ? jittered : undefined
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
