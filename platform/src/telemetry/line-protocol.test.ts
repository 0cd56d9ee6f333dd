import { Point } from '@influxdata/influxdb-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHead, parseLine } from './line-protocol.ts'

function read(text: string) {
  const line = parseLine(text)
  if (line === undefined || typeof line === 'string') return line
  const head = parseHead(line.head)
  if (typeof head === 'string') return head
  const { measurement, tags } = head
  const fields = Object.fromEntries(line.fields.map(({ key, value }) => [key, typeof value === 'object' ? value.text : value]))
  return { measurement, tags: Object.fromEntries(tags), fields, timestamp: line.timestamp }
}

describe('a line', () => {
  test('is a measurement, tags, fields and a timestamp', () => {
    expect(read('climate,unit=ppm,sensor=north co2=420i,on=T,level=2u,t=-1.5e-3 1767225600000000000')).toEqual({
      measurement: 'climate',
      tags: { unit: 'ppm', sensor: 'north' },
      fields: { co2: 420, on: true, level: 2, t: -0.0015 },
      timestamp: '1767225600000000000',
    })
  })

  test('may leave out tags and timestamp, and have blanks around it and between its parts', () => {
    expect(read('  co2  value=.5   7 \r')).toMatchObject({ measurement: 'co2', fields: { value: 0.5 }, timestamp: '7' })
    expect(read('co2 value=1.')).toMatchObject({ tags: {}, fields: { value: 1 }, timestamp: undefined })
  })

  test('escapes commas, spaces and equals signs; another backslash is one', () => {
    expect(read('a\\,b\\ c,t\\=\\ 1=v\\,\\ \\= k\\ \\=\\,=1')).toMatchObject({
      measurement: 'a,b c',
      tags: { 't= 1': 'v, =' },
      fields: { 'k =,': 1 },
    })
    expect(read('a,path=C:\\temp value=1')).toMatchObject({ tags: { path: 'C:\\temp' } })
  })

  test('quotes texts, in which everything may stand', () => {
    expect(read('a note="say \\"hi\\", a=b \\\\ \n# no comment",value=1 5')).toMatchObject({
      fields: { note: 'say "hi", a=b \\ \n# no comment', value: 1 },
      timestamp: '5',
    })
  })

  test.each(['', '   ', '\r', '# co2 value=1', ' # "'])('%j says nothing', (text) => {
    expect(parseLine(text)).toBeUndefined()
  })

  test.each([
    ['co2', 'no fields'],
    ['co2,sensor=a', 'no fields'],
    [',sensor=a value=1', 'no measurement'],
    ['co2,sensor= value=1', 'A tag'],
    ['co2,sensor value=1', 'A tag'],
    ['co2,=a value=1', 'A tag'],
    ['co2,a=1,a=2 value=1', 'twice'],
    ['co2 value', 'no value'],
    ['co2 =1', 'no name'],
    ['co2 value=', '`value`'],
    ['co2 value=1,', 'no value'],
    ['co2 value=NaN', 'finite'],
    ['co2 value=Infinity', 'finite'],
    ['co2 value=1e400', 'finite'],
    ['co2 value=0x10', 'finite'],
    ['co2 value=1,5', 'no value'],
    ['co2 value=9007199254740993i', 'whole'],
    ['co2 value=-1u', 'finite'],
    ['co2 value="open', 'not closed'],
    ['co2 value="a"b', 'comma'],
    ['co2 value=1 soon', 'timestamp'],
    ['co2 value=1 1.5', 'timestamp'],
    ['co2 value=1 1 2', 'timestamp'],
  ])('%s is refused with what to do', (text, why) => {
    expect(read(text)).toEqual(expect.stringContaining(why))
  })

  test('takes time in proportion to its length, whatever is in it', () => {
    const started = performance.now()
    for (const part of [' ', '\\', '1', '"', ',', '=', 'a=', '\\ ', '1.', '=,']) {
      for (const text of [`a ${part.repeat(60_000)}!`, `a,b=${part.repeat(60_000)} c`, `a b="${part.repeat(60_000)}`]) read(text)
    }
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

/** What the reference writer writes so that it can be told apart again: a backslash before a comma is an escape to every reader. */
const word = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => !/[\\\n\r\t#]/.test(text) && text.trim() === text)
const safe = (key: string) => key !== '__proto__'
const name = word.filter(safe)

describe('what the official client writes', () => {
  test('is read as it was meant', () => {
    const point = fc.record({
      measurement: name,
      tags: fc.dictionary(name, name, { maxKeys: 4 }),
      floats: fc.dictionary(
        name.map((key) => `f${key}`),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        { minKeys: 1, maxKeys: 3 },
      ),
      whole: fc.dictionary(
        name.map((key) => `i${key}`),
        fc.maxSafeInteger(),
        { maxKeys: 2 },
      ),
      truths: fc.dictionary(
        name.map((key) => `b${key}`),
        fc.boolean(),
        { maxKeys: 2 },
      ),
      texts: fc.dictionary(
        name.map((key) => `t${key}`),
        fc.string({ unit: 'binary', maxLength: 30 }),
        { maxKeys: 2 },
      ),
      time: fc.option(fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String), { nil: undefined }),
    })
    fc.assert(
      fc.property(point, ({ measurement, tags, floats, whole, truths, texts, time }) => {
        const written = new Point(measurement)
        for (const [key, value] of Object.entries(tags)) written.tag(key, value)
        for (const [key, value] of Object.entries(floats)) written.floatField(key, value)
        for (const [key, value] of Object.entries(whole)) written.intField(key, value)
        for (const [key, value] of Object.entries(truths)) written.booleanField(key, value)
        for (const [key, value] of Object.entries(texts)) written.stringField(key, value)
        if (time !== undefined) written.timestamp(time)
        const line = written.toLineProtocol({ convertTime: (value) => (value === undefined ? '' : String(value)) })
        expect(read(line ?? '')).toEqual({
          measurement,
          tags: { ...tags },
          fields: { ...floats, ...whole, ...truths, ...texts },
          timestamp: time,
        })
      }),
      { numRuns: 1_000 },
    )
  })
})
