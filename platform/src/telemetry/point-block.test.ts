import { expect, test } from 'vitest'
import { readBlock, runsOf, writeBlock } from './point-block.ts'
import type { PointRun } from './point-runs.ts'

const ids = (runs: readonly PointRun[]) => runs.map((_, place) => `series ${place}`)
const list = (values: readonly number[]) => Float64Array.from(values)
const minute = 60_000_000
const start = 1_767_225_600_000_000

function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

test('what is read is what was written, bit by bit: any times, any values, any number of series', () => {
  const random = numbers(7)
  const next = (most: number) => Math.floor(random.next().value * most)
  const steps = [1, 1_000, 1_000_000, minute, 86_400_000_000, -5_000_000, 0]
  const kinds = [
    () => next(100),
    () => next(10_000) / 100 - 50,
    () => random.next().value,
    () => (random.next().value - 0.5) * 1e300,
    () => -0,
    () => next(2 ** 31) * 1_000,
    () => (next(2 ** 31) - 2 ** 30) / 1_000,
    () => 5e-324,
  ]
  for (let round = 0; round < 500; round++) {
    let times = list([])
    const runs = Array.from({ length: next(6) + 1 }, () => {
      const count = next(4) === 0 ? 0 : next(40) + 1
      if (next(3) > 0 || times.length === 0) {
        const [step, odd] = [steps[next(steps.length)] as number, next(2)]
        times = Float64Array.from({ length: count }, (_, place) => start + place * step + odd * next(1_000) * step)
      }
      const kind = kinds[next(kinds.length)] as () => number
      return { times, values: Float64Array.from(times, kind) }
    })
    expect(readBlock(writeBlock(runs), ids(runs))).toEqual(runs)
  }
})

test('a row of points at even times and of two decimals takes two bytes a point', () => {
  const times = Float64Array.from({ length: 5_000 }, (_, place) => start + place * minute)
  const values = Float64Array.from(
    times,
    (_, place) => Math.round(2_000 + 500 * Math.sin(place / 229) + ((place * 7_919) % 60)) / 100,
  )
  expect(writeBlock([{ times, values }]).length).toBeLessThan(10_100)
})

test('a gateway that reads two hundred sensors at once sends their time once', () => {
  const runs = Array.from({ length: 200 }, (_, place) => ({ times: list([start]), values: list([place + 0.5]) }))
  expect(writeBlock(runs).length).toBeLessThan(200 * 9)
})

test('series that are not wanted are passed over, and those behind them keep the times they share', () => {
  const times = list([start, start + 7, start + minute])
  const runs = [list([1, 2, 3]), list([4, 5, 6]), list([7, 8, 9])].map((values) => ({ times, values }))
  const [first, second, third] = readBlock(writeBlock(runs), ids(runs), (id) => id === 'series 1')
  expect([first?.times.length, third?.times.length]).toEqual([0, 0])
  expect(second).toEqual(runs[1])
})

test('points come by series, each in the order in which they were sent', () => {
  const runs = runsOf({ slots: [2, 1, 2], times: [start + 1, start, start], values: [20, 10, 21] }, 3)
  expect(runs).toEqual([
    { times: list([start]), values: list([10]) },
    { times: list([start + 1, start]), values: list([20, 21]) },
    { times: list([]), values: list([]) },
  ])
})

test('bytes that are cut off, or of another form, are refused', () => {
  const block = writeBlock([{ times: list([start, start + minute]), values: list([1, 2]) }])
  expect(() => readBlock(Buffer.from([9, 1]), ['a'])).toThrow('not known')
  for (let length = 1; length < block.length; length++)
    expect(() => readBlock(block.subarray(0, length), ['a'])).toThrow(RangeError)
})
