import type { OpenPointStore } from './point-store.ts'
import type { Span } from './stored-rows.ts'

/** Microseconds. A day of all of a parent's series is some ten thousand points. */
const shortSpan = 86_400_000_000

/**
 * Whether what is made of a span's points is worth a thread of its own: `scope.aside`. What another server reckons is not.
 *
 * @example
 * const text = isLongRead(store, query) ? await scope.aside(tableText, told) : textOf(await readTable(scope, store, told))
 */
export function isLongRead(store: OpenPointStore, { start, end }: Span): boolean {
  return store.influx === undefined && end - start > shortSpan
}
