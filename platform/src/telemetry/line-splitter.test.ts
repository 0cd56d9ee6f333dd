import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineSplitter, longestLine, type SplitLine } from './line-splitter.ts'

function split(...pieces: string[]): SplitLine[] {
  const splitter = new LineSplitter()
  return [...pieces.flatMap((piece) => [...splitter.add(piece)]), ...splitter.end()]
}
const told = (lines: SplitLine[]) => lines.map(({ line, text, ...bad }) => [line, text ?? (bad as { message: string }).message])

describe('lines', () => {
  test('are counted from 1, the empty ones too', () => {
    expect(told(split('a b=1\n\nc d=2\r\n'))).toEqual([
      [1, 'a b=1'],
      [2, ''],
      [3, 'c d=2\r'],
    ])
  })

  test('a line end in a quoted text ends no line, and is counted', () => {
    const forged = 'a note="x\nco2 value=9999\n",value=1'
    expect(told(split(`${forged}\nc d=2`))).toEqual([
      [1, forged],
      [4, 'c d=2'],
    ])
  })

  test('a quote that is never closed costs its own line and no other', () => {
    expect(told(split('a b="x\nc d=2\ne f=3'))).toEqual([
      [1, 'A quoted text is not closed.'],
      [2, 'c d=2'],
      [3, 'e f=3'],
    ])
  })

  test('quotes in comments, names and tags open nothing', () => {
    expect(split('# don"t ="\n it="s,a="b c=1\nd e="\\"",f=2\ng\\ =" h=1\nlast i=1').map(({ line }) => line)).toEqual([
      1, 2, 3, 4, 5,
    ])
  })

  test('a line that is too long costs itself and no other', () => {
    const long = `a b=${'1'.repeat(longestLine)}`
    for (const text of [long, `a b="${'x'.repeat(longestLine)}"`]) {
      const pieces = `${text}\nc d=2\n`.match(/[\s\S]{1,20000}/g) ?? []
      expect(told(split(...pieces))).toEqual([
        [1, expect.stringContaining('longer than')],
        [2, 'c d=2'],
      ])
    }
  })

  test('are the same however the bytes arrive', () => {
    const text = fc.array(fc.constantFrom('a b=1', '\n', '"', '="', '\\', ' ', '#', ',', 'é', '\r\n'), { maxLength: 60 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 5 }), (parts, cuts) => {
        const whole = parts.join('')
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
        const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end))
        expect(split(...pieces)).toEqual(split(whole))
      }),
    )
  })
})
