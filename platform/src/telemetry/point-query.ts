import type { Window } from './window.ts'

export const aggregates = ['min', 'max', 'mean', 'sum', 'count', 'last', 'p95'] as const
export type Aggregate = (typeof aggregates)[number]

/** A span is half-open: from `start` on, before `end`; both in microseconds since 1970 UTC. */
export interface PointQuery {
  readonly start: number
  readonly end: number
  /** Any of these; all where nothing is said. */
  readonly pointTypes?: readonly string[] | undefined
  readonly seriesIds?: readonly string[] | undefined
}

export interface WindowQuery extends PointQuery {
  readonly window: Window
  readonly aggregates: readonly Aggregate[]
}

export interface PixelQuery extends PointQuery {
  /** How many pixels wide the span is drawn. */
  readonly pixels: number
}
