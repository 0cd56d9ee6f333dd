import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Picture, pixelWidth } from './picture.ts'

const query = { start: 100, end: 200, pixels: 11 }
const width = pixelWidth(query)

const samples = fc.uniqueArray(fc.record({ time: fc.integer({ min: 100, max: 199 }), value: fc.integer({ min: 0, max: 5 }) }), {
  selector: ({ time }) => time,
  maxLength: 60,
})
type Sample = { readonly time: number; readonly value: number }

const runOf = (some: readonly Sample[]) => {
  const sorted = some.toSorted((a, b) => a.time - b.time)
  return { times: Float64Array.from(sorted, ({ time }) => time), values: Float64Array.from(sorted, ({ value }) => value) }
}

function naive(some: readonly Sample[]): Sample[] {
  const sorted = some.toSorted((a, b) => a.time - b.time)
  const shown = new Set([sorted[0], sorted.at(-1)])
  for (const inPixel of Map.groupBy(sorted, ({ time }) => Math.floor((time - query.start) / width)).values()) {
    const values = inPixel.map(({ value }) => value)
    shown.add(inPixel.find(({ value }) => value === Math.min(...values)))
    shown.add(inPixel.findLast(({ value }) => value === Math.max(...values)))
  }
  return sorted.filter((sample) => shown.has(sample))
}

test('in whatever order its points come, a picture shows the same: of equal lowest the earliest, of equal highest the latest', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 5 }), (some, parts) => {
      const picture = new Picture(query).of('a')
      for (const part of Map.groupBy(some, ({ value, time }) => (value + time) % parts).values()) picture.addPoints(runOf(part))
      expect([...picture.samples()]).toEqual(naive(some))
    }),
  )
})

test('what stands in for points is neither first nor last, and its lowest and highest are both shown', () => {
  const picture = new Picture(query).of('a')
  picture.addExtremes(120, 1, 9)
  picture.addExtremes(125, 1, 9)
  picture.addPoints(runOf([{ time: 110, value: 5 }]))
  picture.addPoints(runOf([{ time: 190, value: 4 }]))
  expect([...picture.samples()]).toEqual([
    { time: 110, value: 5 },
    { time: 120, value: 1 },
    { time: 125, value: 9 },
    { time: 190, value: 4 },
  ])
})

test('rows come by series and time, and more pixels than a picture may have are refused', async () => {
  const picture = new Picture({ start: 0, end: 2_000_000, pixels: 2_000_001 })
  for (const id of ['b', 'a']) picture.of(id).addPoints(runOf([{ time: 1_000, value: 7 }]))
  expect(await Array.fromAsync(picture.rows())).toEqual([
    { seriesId: 'a', time: '1970-01-01T00:00:00.001Z', value: 7 },
    { seriesId: 'b', time: '1970-01-01T00:00:00.001Z', value: 7 },
  ])
  const times = Float64Array.from({ length: 600_000 }, (_, n) => n)
  picture.of('a').addPoints({ times, values: times })
  expect(() => picture.of('b').addPoints({ times, values: times })).toThrow(expect.objectContaining({ code: 'range_too_wide' }))
})
