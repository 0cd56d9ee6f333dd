import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TenantEntry } from '../directory/entries.ts'
import { Problem } from '../problems/problem.ts'
import { formatInstant } from './instant.ts'
import { type LineMapping, readLineProtocol } from './read-line-protocol.ts'

const noon = Date.UTC(2026, 0, 1, 12) * 1_000
const mapping: LineMapping = {
  parentTags: ['building', 'building_id'],
  precision: 'ns',
  tenant: { id: '018f0000-0000-7000-8000-000000000001', slug: 'acme', name: 'Acme Ltd' } as TenantEntry,
  now: async () => noon,
}

async function* chunks(bytes: Uint8Array, size = 7) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, more: Partial<LineMapping> = {}) {
  const { lots, errors, refused } = await readLineProtocol(chunks(Buffer.from(text)), { ...mapping, ...more })
  const points: unknown[][] = []
  for (const [parent, { packer }] of lots) {
    for (const { series, slots, times, values } of packer.finish()) {
      slots.forEach((slot, index) => {
        const { pointType, unit, name } = series[slot - 1] ?? { pointType: '', unit: '', name: '' }
        points.push([parent, pointType, unit, name, formatInstant(times[index] ?? 0), values[index]])
      })
    }
  }
  return { points, errors, refused }
}

describe('a line becomes points', () => {
  test('by measurement and field, unit and sensor; a field `value` is the measurement itself', async () => {
    const { points } = await read('Climate,building=b1,unit=degC,sensor=nord\\ wall,floor=2 value=21,Max=22 1767225600000000999')
    expect(points).toEqual([
      ['b1', 'climate', 'degC', 'nord wall', '2026-01-01T00:00:00Z', 21],
      ['b1', 'climate.max', 'degC', 'nord wall', '2026-01-01T00:00:00Z', 22],
    ])
  })

  test('whose other tags are its name where no sensor is named, in one order: no two series become one', async () => {
    const { points } = await read('cpu,host=a,core=1 idle=1 0\ncpu,core=1,host=a idle=2 0\ncpu,host=b,core=1 idle=3 0')
    expect(points.map(([, , , name]) => name)).toEqual(['core=1,host=a', 'core=1,host=a', 'core=1,host=b'])
  })

  test('truth is 1 and 0', async () => {
    expect((await read('door open=true,locked=F 0')).points.map((point) => point[5])).toEqual([1, 0])
  })

  test('at the time they came where they have none, all of a request at the same', async () => {
    let asked = 0
    const now = async () => noon + asked++
    const { points } = await read('co2 value=1\nco2,sensor=a value=2\nco2 value=3 0', { now })
    expect(points.map((point) => point[4])).toEqual(['2026-01-01T12:00:00Z', '2026-01-01T12:00:00Z', '1970-01-01T00:00:00Z'])
    expect(asked).toBe(1)
  })

  test.each([
    ['n', '1767225600123456789', '2026-01-01T00:00:00.123456Z'],
    ['u', '1767225600123456', '2026-01-01T00:00:00.123456Z'],
    ['ms', '1767225600123', '2026-01-01T00:00:00.123Z'],
    ['s', '1767225600', '2026-01-01T00:00:00Z'],
    ['m', '29453760', '2026-01-01T00:00:00Z'],
    ['h', '490896', '2026-01-01T00:00:00Z'],
  ] as const)('in %s', async (precision, timestamp, time) => {
    expect((await read(`co2 value=1 ${timestamp}`, { precision })).points[0]?.[4]).toBe(time)
  })
})

describe('a bad line is named by number and costs only itself', () => {
  test.each([
    ['a text for a number', 'status value="open"', 'text'],
    ['a text beside a number', 'co2 value=1,note="x" 0', 'text'],
    ['nothing but the tenant', 'co2 tenant="acme" 0', 'no field'],
    ['a type with a space', 'a\\ b value=1 0', 'point type'],
    ['two buildings', 'co2,building=a,building_id=b value=1 0', 'two'],
    ['a building that could not be', `co2,building=${'b'.repeat(201)} value=1 0`, 'no building'],
    ['a control character in a name', 'co2,sensor=a\0b value=1 0', 'control'],
    ['more tags than a name holds', `co2,host=${'h'.repeat(120)} value=1 0`, 'sensor'],
    ['a long unit', `co2,unit=${'u'.repeat(31)} value=1 0`, '30'],
    ['a time before 1970', 'co2 value=1 -1', '1970'],
    ['a time in the wrong unit', 'co2 value=1 1767225600000000000', 'precision'],
  ])('%s', async (_, line, why) => {
    const { points, errors, refused } = await read(`co2 value=1 0\n${line}\nco2 value=2 1`, { precision: 's' })
    expect(errors).toEqual([{ line: 2, message: expect.stringContaining(why) }])
    expect([points.length, refused]).toEqual([2, 1])
  })
})

test('[BMS-1] a tenant that is not the own one refuses everything', async () => {
  for (const line of [
    'co2,tenant=other value=1',
    'co2,tenant_id=other value=1',
    'co2 value=1,tenantId="other"',
    'co2 tenant=1',
  ]) {
    await expect(read(`co2 value=1\n${line}`)).rejects.toMatchObject({ code: 'other_tenant_named', members: { line: 2 } })
  }
  expect((await read('co2,tenant=acme value=1,tenant_id="acme" 0')).points).toHaveLength(1)
})

test('no bytes make it fail otherwise than by a problem', async () => {
  const token = fc.constantFrom(
    'co2',
    ' ',
    ',',
    '=',
    '"',
    '\\',
    '\n',
    '1',
    'i',
    '-',
    '.5e',
    'tenant',
    'building',
    '#',
    '\0',
    '\r\n',
  )
  const tokens = fc.array(token, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')))
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), tokens)
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (content, size) => {
      try {
        await readLineProtocol(chunks(content, size), mapping)
      } catch (error) {
        expect(error).toBeInstanceOf(Problem)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('lines that begin as one before them mean what they mean alone, and come in their order', async () => {
  const head = fc.constantFrom('co2', 'co2,building=b1', 'co2,sensor=a\\ b', 'co2,sensor="q"', ' co2', '#co2', 'a\\ b')
  const field = fc.constantFrom('value=', 'max=', 'value=1,max=', 'a\\=b=', 'tenant=', '')
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map(String),
    fc.constantFrom(
      '0.1',
      '-0',
      '21.50',
      '007',
      '.5',
      '5.',
      '1e3',
      '7i',
      't',
      '123456789.1234567',
      '0.000000000000001',
      '"x"',
      '',
      '-',
      '+1',
    ),
  )
  const time = fc.constantFrom(
    ' 0',
    ' 7',
    ' 1767225600',
    '',
    ' -1',
    '  8',
    ' 9 ',
    ' 9\r',
    ' 99999999999999999999',
    ' x',
    ',max=2 3',
  )
  const line = fc.tuple(head, fc.constantFrom(' ', ' ', '  '), field, value, time).map((parts) => parts.join(''))
  const options = { precision: 's' as const, tenant: { ...mapping.tenant, slug: '1' } }
  const outcome = (text: string) =>
    read(text, options).catch(({ code }: Problem) => ({ points: [], errors: [], refused: 0, code }))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
      const alone = []
      for (const text of lines) alone.push(await outcome(text))
      const together = await outcome(lines.join('\n'))
      if (alone.some((each) => 'code' in each)) {
        expect(together).toHaveProperty('code')
        return
      }
      expect(together.refused).toBe(alone.reduce((sum, { refused }) => sum + refused, 0))
      const byParent = Map.groupBy(
        alone.flatMap(({ points }) => points),
        ([parent]) => parent,
      )
      expect(together.points).toEqual([...byParent.values()].flat())
    }),
    { numRuns: 1_000 },
  )
})
