/** Refusals a second that a caller is told at once: who looks at the answer needs no more to stop. */
const toldAtOnce = 20
/**
 * Milliseconds that an answer waits. The more wait the longer, so that a caller with many connections asks some 500 times a second
 * too often and no more; not longer than that takes, for meanwhile his bucket fills, and what it holds is asked for in one rush.
 */
const shortest = 100
const longest = 1_000
const perWaiting = 2
/** Answers of one caller and of all that may wait at a time; each keeps a request in memory. */
const mostOfOne = 1_000
const mostOfAll = 10_000

interface Caller {
  /** Milliseconds at which its second began, and its refusals since. */
  since: number
  refusals: number
  held: number
}

/**
 * Holds back what tells a caller that he asks too often. Answered at once, one who asks again at once keeps the server as busy
 * with refusals as he may not keep it with work, and every other tenant waits behind them.
 */
export class HeldRefusals {
  readonly #callers = new Map<string, Caller>()
  readonly #held = new Map<() => void, NodeJS.Timeout>()

  /** Tells now or later. False when too many wait already: then the caller is told at once and loses his connection. */
  tell(caller: string, send: () => void): boolean {
    const now = performance.now()
    const known = this.#callerOf(caller, now)
    if (now - known.since >= 1_000) {
      known.since = now
      known.refusals = 0
    }
    if (++known.refusals <= toldAtOnce) {
      send()
      return true
    }
    if (known.held >= mostOfOne || this.#held.size >= mostOfAll) return false
    known.held++
    const release = () => {
      known.held--
      this.#held.delete(release)
      send()
    }
    const wait = Math.min(longest, Math.max(shortest, known.held * perWaiting))
    // By chance a little less or more: those who came in one moment are not to come back in one.
    this.#held.set(release, setTimeout(release, wait * (0.75 + Math.random() / 2)))
    return true
  }

  /** Tells all who wait, for a server that stops. */
  releaseAll(): void {
    for (const [release, timer] of [...this.#held]) {
      clearTimeout(timer)
      release()
    }
  }

  #callerOf(caller: string, now: number): Caller {
    let known = this.#callers.get(caller)
    if (!known) {
      if (this.#callers.size >= mostOfAll) this.#forgetQuiet(now)
      known = { since: now, refusals: 0, held: 0 }
      this.#callers.set(caller, known)
    }
    return known
  }

  #forgetQuiet(now: number): void {
    for (const [caller, { since, held }] of this.#callers) {
      if (held === 0 && now - since >= 1_000) this.#callers.delete(caller)
    }
    // Nobody is quiet: forgetting forgives, and costs a few answers.
    if (this.#callers.size >= mostOfAll) this.#callers.clear()
  }
}
