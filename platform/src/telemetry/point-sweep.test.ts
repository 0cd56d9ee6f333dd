import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runsOf } from './point-block.ts'
import { PointSweep, type StoredRow } from './point-sweep.ts'

const series = ['a', 'b', 'c', 'deleted']

const point = fc.record({ slot: fc.integer({ min: 1, max: series.length }), time: fc.nat({ max: 40 }), value: fc.integer() })
const row = fc.record({
  points: fc.array(point, { minLength: 1, maxLength: 30 }),
  /** Rows of the same moment are told apart by their id. */
  receivedAt: fc.nat({ max: 5 }),
  order: fc.constantFrom('as sent', 'forward', 'by series'),
  later: fc.nat({ max: 60 }),
})

function stored(
  { points, receivedAt, order, later }: typeof row extends fc.Arbitrary<infer T> ? T : never,
  id: number,
): StoredRow {
  const sorted = [...points]
  if (order !== 'as sent') sorted.sort((a, b) => a.time - b.time)
  if (order === 'by series') sorted.sort((a, b) => a.slot - b.slot)
  const times = Float64Array.from(sorted, ({ time }) => time + later)
  return {
    id: String(id).padStart(4, '0'),
    receivedAt,
    firstAt: Math.min(...times),
    lastAt: Math.max(...times),
    series,
    runs: runsOf({ slots: sorted.map(({ slot }) => slot), times, values: sorted.map(({ value }) => value) }, series.length),
  }
}

/** Everything in a map, the one received last on top. */
function naive(rows: readonly StoredRow[]): Map<string, [number, number][]> {
  const points = new Map<string, Map<number, number>>()
  const byReceipt = rows.toSorted((a, b) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1))
  for (const { runs } of byReceipt) {
    for (const [slot, { times, values }] of runs.entries()) {
      const id = series[slot] as string
      if (id === 'deleted') continue
      const own = points.get(id) ?? new Map()
      for (const [place, time] of times.entries()) own.set(time, values[place])
      if (times.length > 0) points.set(id, own)
    }
  }
  return new Map([...points].map(([id, own]) => [id, [...own].sort(([a], [b]) => a - b)]))
}

test('of whatever rows, each series and time is told once, forward in time: the point received last', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (made) => {
      const rows = made.map(stored)
      const told = new Map<string, [number, number][]>()
      const sweep = new PointSweep(['a', 'b', 'c'], (id, { times, values }) => {
        const own = told.get(id) ?? []
        for (const [place, time] of times.entries()) own.push([time, values[place] as number])
        told.set(id, own)
      })
      for (const each of rows.toSorted((a, b) => a.firstAt - b.firstAt)) sweep.add(each)
      sweep.finish()
      expect(new Map([...told].sort())).toEqual(new Map([...naive(rows)].sort()))
    }),
    { numRuns: 2_000 },
  )
})

test('what lies before a row begins is told before it: a year of rows is never held', () => {
  let told = 0
  const sweep = new PointSweep(['a'], (_, { times }) => {
    told += times.length
  })
  const rowOf = (n: number): StoredRow => ({
    id: String(n),
    receivedAt: n,
    firstAt: n * 10,
    lastAt: n * 10 + 5,
    series: ['a'],
    runs: [{ times: Float64Array.of(n * 10, n * 10 + 5), values: Float64Array.of(1, 2) }],
  })
  for (let n = 0; n < 100; n++) {
    sweep.add(rowOf(n))
    expect(told).toBe(n * 2)
  }
})
