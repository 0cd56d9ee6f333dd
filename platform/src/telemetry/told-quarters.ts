import type { Figures } from './day-figures.ts'
import { added, type QuarterSum, sumAt } from './quarter-sums.ts'
import { quarter } from './quarters.ts'

/** What a mark tells of its packed row. */
export interface ToldRow {
  readonly rowId: string
  readonly series: readonly string[]
  /** Places of series, from 1, and quarters of an hour: parallel lists. */
  readonly slots: readonly number[]
  readonly buckets: readonly number[]
  readonly parts: Figures | undefined
}

/** A packed row that is there now, without its points. */
export interface NearRow {
  readonly id: string
  readonly firstAt: number
  readonly lastAt: number
  readonly series: readonly string[]
}

interface ToldPart {
  readonly row: NearRow
  readonly sum: QuarterSum
}

/** By series and quarter. Undefined for a quarter whose points have to be read. */
export type ToldQuarters = ReadonlyMap<string, ReadonlyMap<number, QuarterSum | 'empty' | undefined>>

/**
 * The quarters that marks name, of the series that are there, and what marks tell of them. A quarter is told where every row that
 * may have points in it left a mark that says which, and no two of those rows reach into each other, for then no point is there twice.
 * Judged by the rows that are there now: one that was packed or cut since is not the one that left the mark.
 */
export function toldQuarters(
  marks: readonly ToldRow[],
  rows: readonly NearRow[],
  isThere: (seriesId: string) => boolean,
): ToldQuarters {
  const near = new Map(rows.map((row) => [row.id, row]))
  const parts = new Map<string, Map<number, ToldPart[] | undefined>>()
  const telling = new Set<string>()
  for (const { rowId, series, slots, buckets, parts: told } of marks) {
    const row = near.get(rowId)
    if (row !== undefined && told !== undefined) telling.add(rowId)
    for (const [index, bucket] of buckets.entries()) {
      const seriesId = series[(slots[index] as number) - 1] as string
      if (!isThere(seriesId)) continue
      const own = mapOf(parts, seriesId)
      const list = own.get(bucket) ?? []
      if (!own.has(bucket)) own.set(bucket, list)
      if (row !== undefined && told !== undefined && reaches(row, bucket)) list.push({ row, sum: sumAt(told, index) })
    }
  }
  for (const row of rows) {
    if (telling.has(row.id)) continue
    for (const seriesId of row.series) {
      const own = parts.get(seriesId)
      if (own === undefined) continue
      for (const bucket of own.keys()) if (reaches(row, bucket)) own.set(bucket, undefined)
    }
  }
  return new Map(
    [...parts].map(([seriesId, own]) => [seriesId, new Map([...own].map(([bucket, list]) => [bucket, list && summed(list)]))]),
  )
}

function reaches({ firstAt, lastAt }: NearRow, bucket: number): boolean {
  return lastAt >= bucket && firstAt < bucket + quarter
}

function summed(parts: ToldPart[]): QuarterSum | 'empty' | undefined {
  const [first, ...others] = parts.sort((a, b) => a.row.firstAt - b.row.firstAt || a.row.lastAt - b.row.lastAt)
  if (first === undefined) return 'empty'
  let { sum } = first
  let end = first.row.lastAt
  for (const part of others) {
    if (part.row.firstAt <= end) return undefined
    sum = added(sum, part.sum)
    end = part.row.lastAt
  }
  return sum
}

function mapOf<K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> {
  let map = maps.get(key)
  if (map === undefined) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}
