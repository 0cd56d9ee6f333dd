import type { RateState } from './pipeline.ts'

/** Structured fields of draft-ietf-httpapi-ratelimit-headers, one item per rate: `RateLimit: "key";r=49;t=30, "tenant";r=99;t=1`. */
export function rateHeaders(rates: readonly RateState[]): Record<string, string> {
  let policies = ''
  let states = ''
  let separator = ''
  for (const { policy, limit, window, remaining, resetsIn } of rates) {
    policies += `${separator}"${policy}";q=${limit};w=${window}`
    states += `${separator}"${policy}";r=${Math.max(0, Math.floor(remaining))};t=${Math.ceil(resetsIn)}`
    separator = ', '
  }
  return { 'ratelimit-policy': policies, ratelimit: states }
}

/** The same from the members of `rate_limited`: which rate is spent, and when it has one more request. */
export function spentRateHeaders({
  policy,
  limit,
  window,
  retryAfter,
}: Readonly<Record<string, unknown>>): Record<string, string> {
  if (typeof policy !== 'string' || typeof limit !== 'number' || typeof window !== 'number') return {}
  return rateHeaders([{ policy, limit, window, remaining: 0, resetsIn: Number(retryAfter) }])
}

/** `Retry-After` in whole seconds, from a problem's member `retryAfter`; at least one, so that nobody retries at once. */
export function retryAfter(members: Readonly<Record<string, unknown>>): string | undefined {
  const seconds = members.retryAfter
  return typeof seconds === 'number' && Number.isFinite(seconds) ? String(Math.max(1, Math.ceil(seconds))) : undefined
}
