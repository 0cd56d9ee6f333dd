/** Of a day of the tenant's calendar: `2026-11-21`. */
export interface DayValue {
  readonly day: string
  readonly value: number
}

const dayMs = 86_400_000
export const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)

/**
 * The API leaves out days on which nothing happened. Of what is metered nothing was used on them; of what is counted there was as
 * much as on the day before, and before the first nobody knows.
 */
export function everyDay(known: readonly DayValue[], from: string, to: string, kind: string): DayValue[] {
  const values = new Map(known.map(({ day, value }) => [day, value]))
  const days: DayValue[] = []
  for (let time = Date.parse(from); time <= Date.parse(to); time += dayMs) {
    const day = dayOf(time)
    const value = values.get(day) ?? (kind === 'metered' ? 0 : days.at(-1)?.value)
    if (value !== undefined) days.push({ day, value })
  }
  return days
}

/** How it goes on by the forecast's average: from the last day that is known, so many days. */
export function onwards(last: DayValue | undefined, perDay: number, count: number): DayValue[] {
  if (last === undefined) return []
  const start = Date.parse(last.day)
  return Array.from({ length: count + 1 }, (_, place) => ({
    day: dayOf(start + place * dayMs),
    value: Math.max(0, last.value + place * perDay),
  }))
}
