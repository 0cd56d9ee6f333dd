import type { SnapshotScope, TenantScope } from '../isolation/tenant-scope.ts'
import { Picture, standInWidth } from './picture.ts'
import type { PixelQuery } from './point-query.ts'
import type { PointStore } from './point-store.ts'
import { tellPoints, tellStalePoints } from './points-that-count.ts'
import { hoursWithin, quartersWithin, wholeHour } from './quarters.ts'
import { type Asked, type DayOfFigures, daysOfFigures, type Level, markedQuarters, placesWithin } from './rolled-rows.ts'
import { StaleStretches } from './stale-stretches.ts'
import type { Span } from './stored-rows.ts'

/**
 * A picture of points in PostgreSQL: from points themselves below an hour a pixel, from quarters of an hour there and from hours from
 * four hours a pixel on, as far as they are up to date. Else, and in the outermost quarter or hour of each series, from points, so
 * that its first and last are told as they were measured. One snapshot shows all of them as they belong together.
 */
export async function storedPicture(scope: TenantScope, store: PointStore, asked: Asked & PixelQuery): Promise<Picture> {
  const rolled = rolledSpan(asked)
  return scope.snapshot(async (reading) => {
    const picture = rolled && (await pictureFromRollups(reading, store, asked, rolled))
    if (picture !== undefined) return picture
    const exact = new Picture(asked)
    await tellPoints(reading, store, asked, (id, run) => exact.of(id).addPoints(run))
    return exact
  })
}

interface RolledSpan extends Span {
  readonly level: Level
  readonly width: number
}

/** Whole quarters or hours within the span; undefined where points are read. */
function rolledSpan(asked: PixelQuery): RolledSpan | undefined {
  const width = standInWidth(asked)
  const quarters = quartersWithin(asked)
  if (width === undefined || quarters === undefined) return undefined
  if (width < wholeHour) return { ...quarters, level: 'quarters', width }
  const hours = hoursWithin(quarters)
  return hours && { ...hours, level: 'hours', width }
}

/** Undefined where too much is out of date. */
async function pictureFromRollups(
  reading: SnapshotScope,
  store: PointStore,
  asked: Asked & PixelQuery,
  span: RolledSpan,
): Promise<Picture | undefined> {
  const picture = new Picture(asked)
  const stale = new StaleStretches(span.width)
  const inner = new InnerStretches(picture, span, stale)
  const marks = markedQuarters(store, asked, span, (id, named) => stale.mark(id, named))
  const days = { ofAll: [span], ofOne: new Map() }
  const wanted = { level: span.level, needed: new Set(['mins', 'maxs'] as const) }
  await reading.take([marks, daysOfFigures(store, asked, days, wanted, (day) => inner.add(day))])
  inner.finish()
  if (stale.isTooMany) return undefined
  await tellStalePoints(reading, store, asked, span, stale, (id, run) => picture.of(id).addPoints(run))
  return picture
}

interface SeriesEdge {
  readonly isStale: (place: number) => boolean
  /** Of the series, the one that is the last so far, but for the first. */
  last: { readonly start: number; readonly min: number; readonly max: number } | undefined
}

/** Draws stretches that are up to date, but for the first and the last of each series: those are stale, too. */
class InnerStretches {
  readonly #picture: Picture
  readonly #span: RolledSpan
  readonly #stale: StaleStretches
  readonly #edges = new Map<string, SeriesEdge>()

  constructor(picture: Picture, span: RolledSpan, stale: StaleStretches) {
    this.#picture = picture
    this.#span = span
    this.#stale = stale
  }

  /** Days of each series in order. */
  add(day: DayOfFigures): void {
    const { counts, mins, maxs } = day.figures
    const known = this.#edges.get(day.seriesId)
    const isStale = known?.isStale ?? this.#stale.of(day.seriesId)
    let edge = known
    const { from, to } = placesWithin(day, this.#span)
    for (let place = from; place < to; place++) {
      if (counts[place] === 0 || isStale(day.first + place)) continue
      const start = day.starts[place] as number
      if (edge === undefined) {
        edge = { isStale, last: undefined }
        this.#edges.set(day.seriesId, edge)
        this.#stale.mark(day.seriesId, { start, end: start + this.#span.width })
        continue
      }
      if (edge.last !== undefined) this.#picture.of(day.seriesId).addExtremes(edge.last.start, edge.last.min, edge.last.max)
      edge.last = { start, min: mins[place] as number, max: maxs[place] as number }
    }
  }

  finish(): void {
    for (const [seriesId, { last }] of this.#edges) {
      if (last !== undefined) this.#stale.mark(seriesId, { start: last.start, end: last.start + this.#span.width })
    }
  }
}
