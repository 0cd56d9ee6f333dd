/** A time, or a number of days from now: `90d`. `now` in milliseconds since the epoch. */
export function expiry(text: string | undefined, now: number): string | undefined {
  const days = /^(\d{1,5})d$/.exec(text ?? '')?.[1]
  return days === undefined ? text : new Date(now + Number(days) * 86_400_000).toISOString()
}
