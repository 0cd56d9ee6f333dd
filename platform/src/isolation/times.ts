const shape = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/

/**
 * `timestamptz` as PostgreSQL prints it, to RFC 3339 in UTC: `2026-03-01T12:00:00.000Z`.
 * Microseconds are kept when there are any. `infinity` and `-infinity` stay as they are.
 */
export function readInstant(text: string): string {
  // Our sessions are in UTC; this is every row but those of a pooler that forgot.
  if (text.length >= 22 && text.length <= 29 && text.endsWith('+00') && text.charCodeAt(10) === 0x20) {
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction(text.slice(20, -3))}Z`
  }
  const parts = shape.exec(text)
  if (!parts) return text
  const shift =
    (Number(parts[9] ?? 0) * 3600 + Number(parts[10] ?? 0) * 60 + Number(parts[11] ?? 0)) * (parts[8] === '-' ? -1 : 1)
  const moment = new Date(0)
  const year = Number(parts[1])
  moment.setUTCFullYear(parts[12] ? 1 - year : year, Number(parts[2]) - 1, Number(parts[3]))
  moment.setUTCHours(Number(parts[4]), Number(parts[5]), Number(parts[6]) - shift)
  const iso = moment.toISOString()
  return `${iso.slice(0, iso.indexOf('.'))}.${fraction(parts[7] ?? '')}Z`
}

/** `timestamp` without zone: the same, without a `Z`, for nobody said where its clock hangs. */
export function readLocalTime(text: string): string {
  const parts = shape.exec(text)
  if (!parts || parts[8] || parts[12]) return text
  return `${text.slice(0, text.indexOf(' '))}T${parts[4]}:${parts[5]}:${parts[6]}.${fraction(parts[7] ?? '')}`
}

/** Three digits, or six when there are microseconds. */
function fraction(digits: string): string {
  if (digits.length <= 3) return digits.padEnd(3, '0')
  return digits.padEnd(6, '0')
}
