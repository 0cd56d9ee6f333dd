/** Monotonic milliseconds. */
export interface Clock {
  readonly now: () => number
}

export const systemClock: Clock = { now: () => performance.now() }
