import type { Aggregate, PointQuery } from './point-query.ts'
import type { OpenPointStore } from './point-store.ts'
import { holdsQuarters } from './quarters.ts'
import type { Window } from './window.ts'

/** Microseconds. A day of all of a parent's series is some ten thousand points. */
const shortSpan = 86_400_000_000

interface LongQuery extends PointQuery {
  readonly window?: Window | undefined
  readonly aggregates?: readonly Aggregate[] | undefined
}

/**
 * Whether what is made of a span's points is worth a thread of its own: `scope.aside`. What another server reckons is not, nor what rollups
 * answer: a year of hours is some milliseconds, of which handing over the text would be one.
 *
 * @example
 * const text = isLongRead(store, query) ? await scope.aside(tableText, told) : textOf(await readTable(scope, store, told))
 */
export function isLongRead(store: OpenPointStore, query: LongQuery): boolean {
  const { start, end, window, aggregates = [] } = query
  const isRolledUp = window !== undefined && holdsQuarters(window) && !aggregates.includes('p95')
  return store.influx === undefined && end - start > shortSpan && !isRolledUp
}
