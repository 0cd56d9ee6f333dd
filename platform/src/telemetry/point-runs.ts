/** Points of one series, forward in time, each time once: parallel lists. */
export interface PointRun {
  readonly times: Float64Array
  readonly values: Float64Array
}

/** The first place at which a time is not before `instant`. */
export function placeOf(times: Float64Array, instant: number, from = 0): number {
  let [low, high] = [from, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) < instant) low = middle + 1
    else high = middle
  }
  return low
}

/** The part of a run between two places. */
export function partOf({ times, values }: PointRun, from: number, to: number): PointRun {
  return { times: times.subarray(from, to), values: values.subarray(from, to) }
}

/** Puts points of one series in the order of time; of those of one time the one that came last stays. */
export function inOrder(run: PointRun): PointRun {
  if (runsForward(run.times)) return run
  const { times, values } = run
  const order = Array.from(times, (_, place) => place).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  const kept = order.filter((place, index) => times[place] !== times[order[index + 1] ?? -1])
  return {
    times: Float64Array.from(kept, (place) => times[place] as number),
    values: Float64Array.from(kept, (place) => values[place] as number),
  }
}

/** The points of runs, of which the later in the list wins where two have a point of one time. */
export function merged(runs: readonly PointRun[]): PointRun {
  if (runs.length === 0) throw new RangeError('There is nothing to merge.')
  let left = runs
  while (left.length > 1) {
    const pairs: PointRun[] = []
    for (let index = 0; index < left.length; index += 2) {
      const [older, newer] = [left[index] as PointRun, left[index + 1]]
      pairs.push(newer === undefined ? older : mergedPair(older, newer))
    }
    left = pairs
  }
  return left[0] as PointRun
}

function mergedPair(older: PointRun, newer: PointRun): PointRun {
  const times = new Float64Array(older.times.length + newer.times.length)
  const values = new Float64Array(times.length)
  let [a, b, count] = [0, 0, 0]
  while (a < older.times.length || b < newer.times.length) {
    const before = a < older.times.length ? (older.times[a] as number) : Number.POSITIVE_INFINITY
    const after = b < newer.times.length ? (newer.times[b] as number) : Number.POSITIVE_INFINITY
    times[count] = Math.min(before, after)
    values[count] = (after <= before ? newer.values[b] : older.values[a]) as number
    if (before <= after) a += 1
    if (after <= before) b += 1
    count += 1
  }
  return { times: times.subarray(0, count), values: values.subarray(0, count) }
}

function runsForward(times: Float64Array): boolean {
  for (let place = 1; place < times.length; place++) if ((times[place] as number) <= (times[place - 1] as number)) return false
  return true
}
