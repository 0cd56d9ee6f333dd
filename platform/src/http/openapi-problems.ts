import type { PlatformProblemCode } from '../problems/catalogue.ts'
import type { Route } from './route.ts'

/** Every code a route can answer: what its declaration implies and what it names itself. */
export function problemCodesOf(route: Route): string[] {
  const codes = new Set<string>(always)
  const add = (...more: PlatformProblemCode[]) => {
    for (const code of more) codes.add(code)
  }
  if (route.permission !== 'public') add('unauthenticated', 'forbidden')
  if (route.permission !== 'public' && route.permission !== 'operator') add('tenant_suspended')
  if (!['public', 'operator', 'person'].includes(route.permission)) {
    add('address_not_allowed')
    if (route.method !== 'GET' && route.whileReadOnly !== true) add('acting_read_only')
  }
  if (route.permission === 'person' && route.method !== 'GET') add('cross_site')
  if (route.feature) add('feature_not_in_plan')
  if (route.quota) add('quota_exceeded')
  if (route.entersTenant) add('reason_required')
  if (route.body || route.rawBody) add('malformed_body', 'body_too_large', 'unsupported_media_type')
  if (route.etag === 'required' && route.method !== 'GET') add('precondition_required', 'precondition_failed')
  if (route.method === 'POST' && route.idempotency !== 'own') add('idempotency_key_reused', 'idempotency_key_in_use')
  if (route.idempotency === 'required') add('idempotency_key_required')
  if (route.method !== 'GET') add('outcome_unknown')
  if (Object.values(route.responses).some((response) => response !== null && typeof response !== 'string')) add('not_acceptable')
  for (const code of route.problems ?? []) codes.add(code)
  return [...codes].sort()
}

const always: readonly PlatformProblemCode[] = [
  'invalid_request',
  'request_timeout',
  'not_found',
  'uri_too_long',
  'headers_too_large',
  'rate_limited',
  'internal',
  'unavailable',
  'overloaded',
  'timed_out',
]
