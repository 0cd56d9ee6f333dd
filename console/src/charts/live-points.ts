/** Points that came after an answer was read, by series. Times in seconds since 1970. */
export type LivePoints = ReadonlyMap<string, { readonly times: readonly number[]; readonly values: readonly number[] }>

export interface ToldSeries {
  readonly sensorId: string
  readonly points: readonly { readonly time: string; readonly value: number }[]
}

/**
 * With what a live stream told. A point may come twice and is then the same; one that is older than what is there already waits for
 * the next answer, which has it in its place.
 */
export function withTold(known: LivePoints, told: readonly ToldSeries[]): LivePoints {
  const all = new Map(known)
  for (const { sensorId, points } of told) {
    const { times = [], values = [] } = all.get(sensorId) ?? {}
    const [newTimes, newValues] = [[...times], [...values]]
    for (const { time, value } of points.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
      const at = Date.parse(time) / 1_000
      if (at <= (newTimes.at(-1) ?? Number.NEGATIVE_INFINITY)) continue
      newTimes.push(at)
      newValues.push(value)
    }
    all.set(sensorId, { times: newTimes, values: newValues })
  }
  return all
}

interface Line {
  readonly id: string
  readonly times: readonly number[]
  readonly values: readonly number[]
}

/** A line with what came after its last point. */
export function continued<Some extends Line>(line: Some, live: LivePoints): Some {
  const more = live.get(line.id)
  if (more === undefined) return line
  const last = line.times.at(-1) ?? Number.NEGATIVE_INFINITY
  const from = more.times.findIndex((time) => time > last)
  if (from === -1) return line
  return { ...line, times: [...line.times, ...more.times.slice(from)], values: [...line.values, ...more.values.slice(from)] }
}

/** When the last of them was measured, in milliseconds since 1970. */
export function lastOf(live: LivePoints): number | undefined {
  const ends = [...live.values()].flatMap(({ times }) => times.at(-1) ?? [])
  return ends.length === 0 ? undefined : Math.max(...ends) * 1_000
}
