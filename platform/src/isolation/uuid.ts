const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The UUID in lower case. Throws a TypeError that names `what` for anything else:
 * these values choose whose rows are seen, so nothing that merely resembles one gets through.
 */
export function requireUuid(value: unknown, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new TypeError(`The ${what} is not a UUID.`)
  return value.toLowerCase()
}
