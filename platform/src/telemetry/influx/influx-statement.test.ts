import { v7 as uuid7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { createIsolation } from '../../isolation/isolation.ts'
import { farmPoints as store } from '../farm.test-support.ts'
import { RowPacker } from '../packed-row.ts'
import { readInfluxAddress } from './influx-address.ts'
import { openInflux } from './influx-database.ts'
import { linesOf } from './influx-lines.ts'
import { InfluxStatement } from './influx-statement.ts'

/** Nothing is connected to: a scope tells whose it is without a database. */
const isolation = createIsolation({ url: 'postgres://nobody@127.0.0.1:1/nowhere' })
const tenantId = uuid7()
const scope = isolation.scope({ tenantId, actor: { kind: 'system', id: uuid7() } })
const parentId = uuid7()

describe('[BMS-15] whatever is asked of InfluxDB', () => {
  const kinds: Record<string, InfluxStatement> = {
    points: InfluxStatement.select(scope, store, 'value', { parentId, start: 0, end: 1 }),
    'points of series': InfluxStatement.select(scope, store, 'value', { parentId, seriesIds: [uuid7(), uuid7()] }),
    windows: InfluxStatement.select(scope, store, ['mean', 'max'], { parentId }, { origin: 5, width: 60_000_000 }),
    'the first point': InfluxStatement.edge(scope, store, 'first', parentId),
    'that points go': InfluxStatement.delete(scope, store, { parentId, end: 5 }),
    'points of the whole tenant': InfluxStatement.select(scope, store, 'value', {}),
  }

  test.each(Object.entries(kinds))('names the tenant of the scope once, and no other: %s', (_, { text }) => {
    expect(text.match(/"tenant" = '[^']*'/g)).toEqual([`"tenant" = '${tenantId}'`])
    // Nothing loosens it: conditions are joined by AND alone.
    expect(text).not.toMatch(/\bOR\b/i)
    expect(text).toMatch(/ FROM "farm\.points" WHERE "tenant" = /)
  })

  test.each(["x' OR 1=1 --", `${parentId}' OR "tenant" != '`, '', '*', `${parentId}\n`])(
    'takes nothing for an id that is none: %j',
    (id) => {
      expect(() => InfluxStatement.select(scope, store, 'value', { parentId: id })).toThrow(TypeError)
      expect(() => InfluxStatement.select(scope, store, 'value', { parentId, seriesIds: [id] })).toThrow(TypeError)
      expect(() => InfluxStatement.select(scope, store, 'value', { parentId, seriesIds: [parentId, id] })).toThrow(TypeError)
    },
  )

  test('takes nothing for a time that is no whole number', () => {
    for (const start of [Number.NaN, 1.5, Number.POSITIVE_INFINITY]) {
      expect(() => InfluxStatement.select(scope, store, 'value', { parentId, start })).toThrow(TypeError)
    }
  })

  test('statements of two tenants never share a query', async () => {
    const other = isolation.scope({ tenantId: uuid7(), actor: { kind: 'system', id: uuid7() } })
    const both = [scope, other].map((each) => InfluxStatement.select(each, store, 'value', { parentId }))
    await expect(openInflux('http://127.0.0.1:1/points').query(both)[Symbol.asyncIterator]().next()).rejects.toThrow(
      'two tenants',
    )
  })
})

test('[BMS-15] every line bears the tenant and the parent, whatever a series is called', () => {
  const packer = new RowPacker()
  const name = `a,tenant=${uuid7()} value=9\n`
  for (let n = 0; n < 3; n++) packer.add({ pointType: 'co2', unit: '', name, time: n, value: n })
  const [row] = packer.finish()
  if (row === undefined) throw new Error('Nothing was packed.')
  const series = uuid7()
  const lines = linesOf(scope, store, parentId, row, [series]).trimEnd().split('\n')
  expect(lines).toEqual([0, 1, 2].map((n) => `farm.points,field=${parentId},series=${series},tenant=${tenantId} value=${n} ${n}`))
})

test('an address is that of a database, and a wrong one is told without its password', () => {
  expect(readInfluxAddress('http://me:s%40crt@influx:8086/points')).toEqual({
    origin: 'http://influx:8086',
    database: 'points',
    authorization: `Basic ${Buffer.from('me:s@crt').toString('base64')}`,
  })
  for (const wrong of ['influx:8086', 'ftp://a/b', 'http://me:secret@influx', 'http://influx/a/b', 'http://influx/a?db=b']) {
    expect(() => readInfluxAddress(wrong)).toThrow(/^must be the address of a database in InfluxDB, http:\/\/user:password@host/)
  }
})
