import { expect, test } from 'vitest'
import { BlockReader } from './block-bytes.ts'
import { noFigures, readFigures, readFiguresAt, writeFigures } from './day-figures.ts'

function someFigures(places: number, has: (place: number) => boolean) {
  const figures = noFigures(places)
  for (let place = 0; place < places; place++) {
    if (!has(place)) continue
    figures.counts[place] = place + 1
    figures.sums[place] = place / 3
    figures.mins[place] = -place
    figures.maxs[place] = place + 0.25
    figures.lasts[place] = place === 7 ? Number.NaN : place
  }
  return figures
}

test.each([
  ['a whole day', () => true],
  ['a day with gaps', (place: number) => place % 3 === 1],
  ['a single quarter', (place: number) => place === 95],
  ['nothing', () => false],
])('%s is read as it was written', (_, has) => {
  const figures = someFigures(96, has)
  expect(readFigures(writeFigures(figures), noFigures(96))).toEqual(figures)
})

test('lists that are not needed are passed over', () => {
  const figures = someFigures(24, () => true)
  const read = readFiguresAt(new BlockReader(writeFigures(figures)), noFigures(24), new Set(['maxs']))
  expect(read.maxs).toEqual(figures.maxs)
  expect(read.lasts).toEqual(new Float64Array(24))
})

test('bytes of another form are refused', () => {
  expect(() => readFigures(Buffer.from([9]), noFigures(24))).toThrow('not known')
})
