import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noFigures } from './day-figures.ts'
import { sumAt } from './quarter-sums.ts'
import { joined, percentile, WindowColumns, WindowFiller } from './window-columns.ts'

const starts = Float64Array.of(0, 10, 30, 31, 100)
const windowAt = (time: number) => starts.findLastIndex((start) => start <= time)

const points = fc
  .uniqueArray(fc.record({ time: fc.nat({ max: 150 }), value: fc.integer({ min: -1_000, max: 1_000 }) }), {
    selector: ({ time }) => time,
    maxLength: 80,
  })
  .map((made) => made.sort((a, b) => a.time - b.time))

const told = ({ windows, figures, lastAts }: WindowColumns) =>
  Array.from(windows, (window, place) => ({ window, ...sumAt(figures, place), lastAt: lastAts[place] }))

const runOf = (some: readonly { time: number; value: number }[]) => ({
  times: Float64Array.from(some, ({ time }) => time),
  values: Float64Array.from(some, ({ value }) => value),
})

test('points in whatever stretches they come fill their windows, and a window of several parts is their sum', () => {
  fc.assert(
    fc.property(points, fc.nat({ max: 80 }), fc.nat({ max: 1 }), (made, cut, odd) => {
      const filler = new WindowFiller(starts, true, { left: 1_000, room: 1 })
      for (const part of [made.slice(0, cut), made.slice(cut)]) filler.add(runOf(part))
      filler.finish()
      const halves = [0, 1].map((half) => {
        const own = new WindowFiller(starts, false, { left: 1_000, room: 1 })
        own.add(runOf(made.filter(({ time }) => (time + odd) % 2 === half)))
        return own.columns
      })
      const windows = [...new Set(made.map(({ time }) => windowAt(time)))]
      const expected = windows.map((window) => {
        const own = made.filter(({ time }) => windowAt(time) === window)
        const values = own.map(({ value }) => value)
        const sum = values.reduce((total, value) => total + value, 0)
        const [min, max] = [Math.min(...values), Math.max(...values)]
        return { window, count: own.length, sum, min, max, last: values.at(-1), lastAt: own.at(-1)?.time }
      })
      expect(told(filler.columns)).toEqual(expected)
      expect(told(joined(halves))).toEqual(expected)
      expect(filler.p95s).toEqual(
        windows.map((window) =>
          percentile(
            Float64Array.from(
              made.filter(({ time }) => windowAt(time) === window),
              ({ value }) => value,
            ).sort(),
            0.95,
          ),
        ),
      )
    }),
  )
})

test('a value that is too large to be summed leaves the sum open, and the rest right', () => {
  const filler = new WindowFiller(starts, false, { left: 1, room: 1 })
  filler.add(
    runOf([
      { time: 1, value: 1e300 },
      { time: 2, value: 3 },
    ]),
  )
  expect(told(filler.columns)[0]).toMatchObject({ count: 2, sum: Number.NaN, min: 3, max: 1e300, last: 3 })
})

test('an answer has so many windows over all its series and no more', () => {
  const budget = { left: 3, room: 1 }
  const [one, other] = [new WindowColumns(budget), new WindowColumns(budget)]
  const [figures, times] = [noFigures(1), Float64Array.of(0, 1, 10)]
  one.add(0, figures, 0, times, 0)
  one.add(1, figures, 0, times, 2)
  other.add(0, figures, 0, times, 0)
  other.add(0, figures, 0, times, 1)
  expect(() => other.add(1, figures, 0, times, 2)).toThrow(expect.objectContaining({ code: 'range_too_wide' }))
})
