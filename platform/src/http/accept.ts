import { problems } from '../problems/catalogue.ts'

/** @throws not_acceptable when the client rules JSON out */
export function requireJsonAccepted(accept: string | undefined): void {
  if (acceptsJson(accept)) return
  throw problems.not_acceptable('This route answers application/json.', { offered: ['application/json'] })
}

const fitting: readonly (string | undefined)[] = ['*/*', 'application/*', 'application/json']

/** RFC 9110, 12.5.1: of the ranges that fit the most particular counts, and `q=0` says no. */
export function acceptsJson(accept: string | undefined): boolean {
  // Nearly every request.
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return true
  let best = -1
  let accepted = false
  for (const range of accept.split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const particular = fitting.indexOf(type)
    if (particular <= best) continue
    best = particular
    accepted = !parameters.some((parameter) => /^q\s*=\s*0(\.0{0,3})?$/.test(parameter))
  }
  return accepted || accept.trim() === ''
}
