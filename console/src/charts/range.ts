/** Milliseconds since 1970; the end is not part of it. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** As it stands in the page's address: `?last=7d`, or `?from=…&to=…`. */
export interface RangeSearch {
  readonly last?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const hour = 3_600_000
export const lasts = { '1h': hour, '24h': 24 * hour, '7d': 168 * hour, '30d': 720 * hour, '365d': 8_760 * hour } as const
export type Last = keyof typeof lasts

export const isLast = (text: string | undefined): text is Last => text !== undefined && Object.hasOwn(lasts, text)

/** What the address asks for; `usual` where it asks for nothing that can be. A `last` ends now, and so goes on. */
export function rangeOf({ last, from, to }: RangeSearch, now: number, usual: Range): Range {
  if (isLast(last)) return { start: now - lasts[last], end: now }
  const [start, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')]
  return end - start > 0 ? { start, end } : usual
}

/** To the second: addresses are read by people. */
export function searchOf({ start, end }: Range): RangeSearch {
  const text = (moment: number) => new Date(Math.round(moment / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
  return { last: undefined, from: text(start), to: text(end) }
}

export function before({ start, end }: Range): Range {
  return { start: start - (end - start), end: start }
}
