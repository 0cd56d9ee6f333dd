export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** `share` between 0 and 1; of an even number of values the median is the mean of the two in the middle. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('There is no percentile of nothing.')
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] as number
  const above = sorted[Math.ceil(at)] as number
  return below + (above - below) * (at - Math.floor(at))
}

/** The figure of interleaved rounds: the median, and how far single rounds were from it. */
export function ofRounds(values: readonly number[]): { readonly figure: number; readonly spread: readonly [number, number] } {
  return { figure: median(values), spread: [Math.min(...values), Math.max(...values)] }
}

/** Round by round, so that what disturbs one round disturbs both sides of its ratio. */
export function ratios(ours: readonly number[], peer: readonly number[]): number[] {
  return ours.map((value, round) => value / (peer[round] as number))
}
