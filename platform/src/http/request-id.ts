import { randomUUID } from 'node:crypto'

const acceptable = /^[A-Za-z0-9._-]{8,128}$/

/** A UUIDv7: the time first, so that ids sort with the log. Takes its random half from Node's cached entropy. */
export function newRequestId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

/** A configured proxy's own id when it is harmless in a log and a header, else a new one. */
export function requestIdFrom(given: string | undefined): string {
  return given !== undefined && acceptable.test(given) ? given : newRequestId()
}
