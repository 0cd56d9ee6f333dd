import type { Post } from '../post.ts'

/** A year of points each minute of one building, as line protocol: two sensors, 1,051,200 points. */
export interface Year {
  readonly start: number
  readonly end: number
  readonly count: number
  readonly sum: number
  /** Bodies of 5,000 lines, every twentieth twice: what a gateway does that heard no answer. */
  readonly batches: readonly string[]
}

const sensors = ['supply', 'return'] as const
const minutesPerBatch = 2_500
const twiceEvery = 20

export function makeYear(buildingId: string, minutes: number): Year {
  const start = Date.UTC(2025, 0, 1)
  const batches: string[] = []
  let sum = 0
  for (let first = 0; first < minutes; first += minutesPerBatch) {
    let body = ''
    for (let minute = first; minute < Math.min(first + minutesPerBatch, minutes); minute++) {
      for (const [place, sensor] of sensors.entries()) {
        const value = valueAt(minute, place)
        sum += value
        body += `temperature,building=${buildingId},sensor=${sensor},unit=degC value=${value} ${start / 1_000 + minute * 60}\n`
      }
    }
    batches.push(body)
    if (batches.length % twiceEvery === 1) batches.push(body)
  }
  return { start: start * 1_000, end: (start + minutes * 60_000) * 1_000, count: minutes * sensors.length, sum, batches }
}

/** A day's wave, a year's wave and noise, to a hundredth of a degree as sensors send it; the same each time. */
function valueAt(minute: number, place: number): number {
  const noise = ((Math.imul(minute * 2 + place, 2_654_435_761) >>> 0) / 2 ** 32 - 0.5) * 0.6
  const wave = 20 + 5 * Math.sin(minute / 229) + 8 * Math.sin(minute / 83_650)
  return Math.round((wave + noise) * 100) / 100
}

export function postsTo(url: string, batches: readonly string[], headers: Readonly<Record<string, string>> = {}): Post[] {
  return batches.map((body) => ({ url, body, headers }))
}
