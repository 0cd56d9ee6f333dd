import { problems } from '../problems/catalogue.ts'
import type { RequestInfo, Route } from './route.ts'

const visible = /^[\x21-\x7e]{1,255}$/

/** The request's `Idempotency-Key`, checked. Undefined where the route or method has no use for one. */
export function idempotencyKeyOf(route: Route, header: string | string[] | undefined): string | undefined {
  if (route.method !== 'POST' || route.idempotency === 'own') return undefined
  if (header === undefined) {
    if (route.idempotency !== 'required') return undefined
    throw problems.idempotency_key_required('This operation must be safe to repeat, and nothing says which repetition it is.')
  }
  if (typeof header !== 'string' || !visible.test(header)) {
    throw problems.invalid_request('`Idempotency-Key` must be 1 to 255 visible ASCII characters.')
  }
  return header
}

/** Why an operator enters a tenant: 3 to 500 characters in UTF-8. */
export function reasonOf(request: RequestInfo): string {
  // Node reads header bytes as Latin-1; what people type is UTF-8.
  const reason = Buffer.from(request.headers['tenantry-reason'] ?? '', 'latin1')
    .toString('utf8')
    .normalize('NFC')
    .trim()
  if (reason.length < 3 || reason.length > 500 || reason.includes('\ufffd')) {
    throw problems.reason_required('Entering a tenant needs a reason of 3 to 500 characters.')
  }
  return reason
}
