import { problems } from '../problems/catalogue.ts'
import type { RequestInfo } from './route.ts'

/** The tag of a thing's version: `"v3"`. */
export function etagOf(version: number): string {
  return `"v${version}"`
}

/** The tag of an answer whose body has a `version`. */
export function etagOfBody(body: unknown): string | undefined {
  const version = (body as { version?: unknown } | null | undefined)?.version
  return typeof version === 'number' ? etagOf(version) : undefined
}

/**
 * The version a writer saw, from `If-Match`. Undefined when the header is absent.
 * A tag that this server never gave out is `precondition_failed`: it cannot be the current one.
 *
 * @example
 * const version = expectedVersion(request) // If-Match: "v3" → 3
 */
export function expectedVersion(request: RequestInfo): number | undefined {
  if (request.ifMatch === undefined) return undefined
  const version = /^"v([1-9][0-9]{0,14}|0)"$/.exec(request.ifMatch.trim())?.[1]
  if (version === undefined) throw problems.precondition_failed('`If-Match` is not the current version.')
  return Number(version)
}

/** `*` would let a writer skip reading what he overwrites, so it does not count. */
export function requireIfMatch(request: RequestInfo): void {
  const tag = request.ifMatch?.trim()
  if (!tag || tag === '*') throw problems.precondition_required('This change needs `If-Match` with the version it is based on.')
}

/** Whether `If-None-Match` names the tag; weak comparison, as RFC 9110 says. */
export function matchesNoneOf(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag)
}
