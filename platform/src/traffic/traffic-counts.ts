/** Upper bounds in milliseconds of what requests are sorted into by how long they took; what took longer is in one more. */
export const durationBounds = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const

/** How one request of a tenant ended. */
export interface EndedRequest {
  readonly status: number
  /** Code of the problem that was answered. */
  readonly problem: string | undefined
  readonly milliseconds: number
  /** Bytes of its body. */
  readonly received: number
  /** Somebody signed in by it. */
  readonly signedIn: boolean
}

/** What one tenant asked for in a while, and how it went. */
export class TrafficCounts {
  requests = 0
  clientErrors = 0
  serverErrors = 0
  quotaRefusals = 0
  signIns = 0
  receivedBytes = 0
  milliseconds = 0
  readonly durations: number[] = [...durationBounds.map(() => 0), 0]

  add({ status, problem, milliseconds, received, signedIn }: EndedRequest): void {
    this.requests++
    if (status >= 500) this.serverErrors++
    else if (problem === 'quota_exceeded') this.quotaRefusals++
    else if (status >= 400) this.clientErrors++
    if (signedIn) this.signIns++
    this.receivedBytes += received
    this.milliseconds += milliseconds
    const place = durationBounds.findIndex((bound) => milliseconds <= bound)
    const index = place === -1 ? durationBounds.length : place
    this.durations[index] = (this.durations[index] as number) + 1
  }
}

/**
 * The time that so large a part of the requests stayed below, in milliseconds, reckoned evenly within its bounds; null without
 * requests. What took longer than the last bound counts as the last bound.
 */
export function quantileOf(durations: readonly number[], part: number): number | null {
  const all = durations.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  let below = 0
  for (const [index, bound] of durationBounds.entries()) {
    const count = durations[index] ?? 0
    if (count > 0 && below + count >= all * part) {
      const lower = durationBounds[index - 1] ?? 0
      return Math.round((lower + ((all * part - below) / count) * (bound - lower)) * 10) / 10
    }
    below += count
  }
  return durationBounds.at(-1) as number
}
