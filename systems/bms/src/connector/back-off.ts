const longest = 3_600

/**
 * Seconds until the next poll. After each failure in a row the pause doubles, up to an hour or the usual pause if that is longer; a
 * quarter more or less, so that controllers behind one broken line do not all come back at once.
 *
 * @param random from 0 to 1
 */
export function secondsUntilNext(pollSeconds: number, failures: number, random = Math.random()): number {
  if (failures === 0) return pollSeconds * (0.95 + random / 10)
  const pause = Math.min(pollSeconds * 2 ** Math.min(failures, 20), Math.max(longest, pollSeconds))
  return pause * (0.75 + random / 2)
}
