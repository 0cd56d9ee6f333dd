const formats = new Map<string, Intl.DateTimeFormat>()

/** Parts of a moment on the clocks of a zone, as numbers. Milliseconds since 1970. */
export function partsIn(
  zone: string,
  moment: number,
): { year: number; month: number; day: number; hour: number; minute: number } {
  let format = formats.get(zone)
  if (format === undefined) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en', { ...numeric, hourCycle: 'h23', timeZone: zone })
    formats.set(zone, format)
  }
  const found = { year: 0, month: 0, day: 0, hour: 0, minute: 0 }
  for (const { type, value } of format.formatToParts(moment)) if (type in found) found[type as keyof typeof found] = Number(value)
  return found
}

/** For `<input type="datetime-local">`: `2026-03-29T02:30` on the clocks of a zone. */
export function toLocalText(moment: number, zone: string): string {
  const { year, month, day, hour, minute } = partsIn(zone, moment)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`
}

/**
 * The moment at which clocks of a zone showed this. An hour that was skipped is the one after it; of one that came twice, the
 * first. Undefined for what is no time.
 */
export function fromLocalText(text: string, zone: string): number | undefined {
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc)) return undefined
  const offsetAt = (moment: number) => Date.parse(`${toLocalText(moment, zone)}Z`) - Math.floor(moment / 60_000) * 60_000
  // The offset a day before and a day after are all there can be around a change of the clocks.
  const candidates = [asUtc - offsetAt(asUtc - 86_400_000), asUtc - offsetAt(asUtc + 86_400_000)]
  const exact = candidates.filter((moment) => toLocalText(moment, zone) === text.slice(0, 16))
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates)
}
