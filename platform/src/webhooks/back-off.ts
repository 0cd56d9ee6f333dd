/** Seconds after the first, second, … failed attempt of one delivery. The last is repeated until three days are over. */
const pauses = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800]

/** Days for which a delivery is tried, and an endpoint may fail, before it is given up. */
export const patienceDays = 3

/** A fifth more or less, so that what failed together does not come back together. */
const jitter = (seconds: number) => seconds * (0.8 + Math.random() * 0.4)

export function pauseOfDelivery(attempts: number): number {
  return jitter(pauses[Math.min(attempts, pauses.length) - 1] ?? 5)
}

/** Failures in a row that may be the message's fault. */
export const tolerated = 2
const longestRest = 900

/** Seconds for which an endpoint is left alone that takes nothing; undefined while it may be the messages' fault. */
export function restOfEndpoint(failures: number): number | undefined {
  if (failures < tolerated) return undefined
  return jitter(Math.min(10 * 2 ** Math.min(failures - tolerated, 10), longestRest))
}
