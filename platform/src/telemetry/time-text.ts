const dayMicros = 86_400_000_000

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** Rows come in the order of time, so most are of the day that was written before. */
const written = { day: Number.NaN, text: '' }

/** As times of rows are written, microseconds since 1970 UTC: milliseconds, or microseconds where there are any. */
export function timeText(time: number): string {
  const day = Math.floor(time / dayMicros)
  if (day !== written.day) {
    written.text = new Date(day * 86_400_000).toISOString().slice(0, 11)
    written.day = day
  }
  const micros = time - day * dayMicros
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = micros - seconds * 1_000_000
  const minutes = Math.floor(seconds / 60)
  const clock = `${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}`
  return `${written.text}${clock}.${fractionText(fraction)}Z`
}

function fractionText(micros: number): string {
  if (micros === 0) return '000'
  const digits = String(micros).padStart(6, '0')
  return digits.endsWith('000') ? digits.slice(0, 3) : digits
}
