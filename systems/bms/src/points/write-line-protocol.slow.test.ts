import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from '../bms.test-support.ts'

let installation: Installation
let mine: Client
let theirs: Client
let theirBuilding: string
let home: string
let office: string
let count = 0

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  theirs = await installation.customer()
  theirBuilding = await makeBuilding('Castle Street', theirs)
})
afterAll(() => installation?.close())
beforeEach(async () => {
  count += 1
  home = await makeBuilding(`Home ${count}`)
  office = await makeBuilding(`Office ${count}`)
})

const makeBuilding = async (name: string, of = mine): Promise<string> => (await of.post('/v1/bms/buildings', { name })).body.id

/** 2026-01-01T00:00:00Z in seconds. */
const midnight = 1_767_225_600

function write(lines: string | Buffer, query: Record<string, string> = {}, headers: Record<string, string> = {}, of = mine) {
  const text = new URLSearchParams({ precision: 's', ...query })
  return raw(`/api/v2/write?${text}`, lines, { authorization: `Token ${of.key}`, ...headers })
}

async function raw(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(new URL(path, installation.baseUrl), {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers,
  })
  const answer = await response.text()
  return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) }
}

async function stored(id: string, of = mine, end = '2026-02-01T00:00:00Z'): Promise<string[]> {
  const { text } = await of.get(`/v1/bms/buildings/${id}/data?start=2026-01-01T00:00:00Z&end=${end}&format=csv`)
  const lines = text.split('\r\n').slice(1, -1)
  return lines.map((line) => line.replace(/,[0-9a-f-]{36},/, ',').replace(/^2026-01-01T00:00:/, '')).sort()
}

describe('which building', () => {
  test('is said by the request or by each line, by id or by exact name; several are stored together', async () => {
    const answer = await write(
      [
        `co2 value=1 ${midnight}`,
        `co2,building=${office} value=2 ${midnight}`,
        `co2,building=Office\\ ${count},unit=ppm value=3 ${midnight}`,
        `co2,building_id=${home.toUpperCase()} value=4 ${midnight + 1}`,
      ].join('\n'),
      { bucket: `Home ${count}` },
    )
    expect([answer.status, answer.headers.get('tenantry-stored')]).toEqual([204, '4'])
    expect(await stored(home)).toEqual(['00.000Z,co2,,,1', '01.000Z,co2,,,4'])
    expect(await stored(office)).toEqual(['00.000Z,co2,,,2', '00.000Z,co2,ppm,,3'])
  })

  test('must be said, and must be one', async () => {
    const nowhere = await write(`co2,building=${home} value=1\nco2 value=2`)
    expect(nowhere).toMatchObject({ status: 400, body: { code: 'invalid_line', errors: [{ line: 2 }] } })
    await makeBuilding(`Home ${count}`)
    const twice = await write('co2 value=1', { bucket: `Home ${count}` })
    expect(twice).toMatchObject({
      status: 404,
      body: { code: 'building_not_found', message: expect.stringContaining('Several') },
    })
  })
})

describe('[BMS-1] the tenant is that of the credential', () => {
  test.each<[string, () => string, (() => Record<string, string>)?]>([
    ['a tag with another tenant', () => `co2,tenant=${theirs.tenantId} value=2 ${midnight}`],
    ['a tag with a tenant that never was', () => `co2,tenant_id=018f0000-0000-7000-8000-000000000000 value=2 ${midnight}`],
    ['a field with another tenant', () => `co2 value=2,tenant_id="${theirs.tenantId}" ${midnight}`],
    ['an organisation that is another tenant', () => '', () => ({ org: theirs.tenantId })],
  ])(
    '%s refuses the whole batch, also where good lines were to be kept',
    async (_, line, query: () => Record<string, string> = () => ({})) => {
      const answer = await write(`co2 value=1 ${midnight}\n${line()}`, { bucket: home, partial: 'true', ...query() })
      expect(answer).toMatchObject({ status: 422, body: { code: 'other_tenant_named' } })
      expect(JSON.stringify(answer.body)).not.toContain(theirs.tenantId)
      expect(await stored(home)).toEqual([])
    },
  )

  test('its own name changes nothing', async () => {
    const line = `co2,tenant=${mine.tenantId} value=1,tenant_id="${mine.tenantId}" ${midnight}`
    expect(await write(line, { bucket: home, org: mine.tenantId })).toMatchObject({ status: 204 })
    expect(await stored(home)).toEqual(['00.000Z,co2,,,1'])
  })

  test("another tenant's building refuses the whole batch, in the words for one that never was", async () => {
    const never = '018f0000-0000-7000-8000-000000000000'
    const lines = (id: string) => `co2 value=1 ${midnight}\nco2,building=${id} value=2 ${midnight}`
    const answers = []
    for (const id of [theirBuilding, never]) {
      const answer = await write(lines(id), { bucket: home, partial: 'true' })
      expect(answer).toMatchObject({ status: 404, body: { code: 'building_not_found', building: id } })
      answers.push(JSON.stringify(answer.body).replaceAll(id, ''))
      expect(await write(`co2 value=1 ${midnight}`, { bucket: id })).toMatchObject({ status: 404, body: { building: id } })
    }
    expect(answers[0]).toBe(answers[1])
    expect(await write(`co2 value=1 ${midnight}`, { bucket: 'Castle Street' })).toMatchObject({ status: 404 })
    expect(await stored(home)).toEqual([])
    expect(await stored(theirBuilding, theirs)).toEqual([])
  })
})

test('[BMS-4] a key limited to some buildings is told which one it may not write to, and stores nothing', async () => {
  const limited = await installation.key(mine, { buildings: [home] })
  const lines = `co2,building=${home} value=1 ${midnight}\nco2,building=${office} value=2 ${midnight}`
  const answer = await write(lines, {}, {}, limited)
  expect(answer).toMatchObject({ status: 403, body: { code: 'building_not_granted', buildingId: office } })
  expect(await stored(home)).toEqual([])
  expect(await write(`co2,building=${home} value=1 ${midnight}`, {}, {}, limited)).toMatchObject({ status: 204 })
})

describe('bad lines', () => {
  const lines = `co2 value=1 ${midnight}\n# a comment\n\nco2 value=\r\nco2 value=2 ${midnight + 1}\nnothing\r\n`

  test('are named by number, and nothing is stored', async () => {
    const answer = await write(lines, { bucket: home })
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_line',
        refused: 2,
        errors: [{ line: 4 }, { line: 6 }],
        error: expect.stringMatching(/^invalid_line: /),
      },
    })
    expect(await stored(home)).toEqual([])
  })

  test('are left out when the request asks for that, and still named', async () => {
    for (const [query, headers] of [
      [{ partial: 'true' }, {}],
      [{}, { 'Partial-Write': 'true' }],
    ] as const) {
      const answer = await write(lines, { bucket: home, ...query }, headers)
      expect([answer.status, answer.headers.get('tenantry-stored')]).toEqual([204, '2'])
      expect(answer.headers.get('refused-lines')).toBe('4, 6')
    }
    expect(await stored(home)).toEqual(['00.000Z,co2,,,1', '01.000Z,co2,,,2'])
  })

  test('alone are no success', async () => {
    expect(await write('nothing', { bucket: home, partial: 'true' })).toMatchObject({ status: 400 })
  })

  test('a point too far ahead refuses all', async () => {
    expect(await write(`co2 value=1 ${midnight}\nco2 value=1 4000000000`, { bucket: home })).toMatchObject({ status: 400 })
    expect(await stored(home)).toEqual([])
  })
})

test('lines without a timestamp get the time at which they came', async () => {
  const before = Date.now()
  expect(await write('co2 value=1\nco2,sensor=b value=2', { bucket: home })).toMatchObject({ status: 204 })
  const { text } = await mine.get(
    `/v1/bms/buildings/${home}/data?start=${new Date(before - 5_000).toISOString()}&end=${new Date(Date.now() + 5_000).toISOString()}&format=csv`,
  )
  expect(text.split('\r\n')).toHaveLength(4)
})

test.each([
  ['ns', '000000000'],
  ['us', '000000'],
  ['ms', '000'],
  ['s', ''],
])('a timestamp in %s', async (precision, digits) => {
  expect(await write(`co2 value=1 ${midnight}${digits}`, { bucket: home, precision })).toMatchObject({ status: 204 })
  expect(await stored(home)).toEqual(['00.000Z,co2,,,1'])
})

describe('where the key may be', () => {
  const line = `co2 value=1 ${midnight}`
  const basic = (key: string) => `Basic ${Buffer.from(`any:${key}`).toString('base64')}`

  test.each([
    ['a token', () => ({ headers: { authorization: `Token ${mine.key}` } })],
    ['a token after a user name', () => ({ headers: { authorization: `Token any:${mine.key}` } })],
    ['a bearer', () => ({ headers: { authorization: `Bearer ${mine.key}` } })],
    ['a password', () => ({ headers: { authorization: basic(mine.key) } })],
    ['the query', () => ({ query: `&u=any&p=${mine.key}` })],
  ])('%s', async (_, how) => {
    const { headers = {}, query = '' }: { headers?: Record<string, string>; query?: string } = how()
    expect(await raw(`/write?db=${home}&precision=s${query}`, line, headers)).toMatchObject({ status: 204 })
  })

  test('two that differ are none, whichever of them is right', async () => {
    const path = (key: string) => `/write?db=${home}&precision=s&p=${key}`
    expect(await raw(path(theirs.key), line, { authorization: basic(mine.key) })).toMatchObject({ status: 401 })
    expect(await raw(`${path(mine.key)}&p=${theirs.key}`, line)).toMatchObject({ status: 401 })
  })

  test('nowhere else does a token or password open anything', async () => {
    for (const authorization of [`Token ${mine.key}`, basic(mine.key)]) {
      expect((await mine.get('/v1/bms/buildings', { authorization })).status).toBe(401)
    }
    expect((await fetch(new URL(`/v1/bms/buildings?p=${mine.key}`, installation.baseUrl))).status).toBe(401)
  })

  test('a key without the permission is refused', async () => {
    const reader = await installation.key(mine, { permissions: ['bms.buildings:read'] })
    expect(await write(line, { bucket: home }, {}, reader)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe('the body', () => {
  test('may be compressed, of any content type, of none, or empty', async () => {
    const line = `co2 value=1 ${midnight}`
    expect(await write(gzipSync(line), { bucket: home }, { 'content-encoding': 'gzip' })).toMatchObject({ status: 204 })
    for (const type of ['application/x-www-form-urlencoded', 'text/plain; charset=utf-8', 'application/json']) {
      expect(await write(line, { bucket: home }, { 'content-type': type })).toMatchObject({ status: 204 })
    }
    expect(await write('', { bucket: home })).toMatchObject({ status: 204 })
    expect(await stored(home)).toEqual(['00.000Z,co2,,,1'])
  })

  test('that is not UTF-8 is refused', async () => {
    expect(await write(Buffer.from([0x61, 0xff, 0x0a]), { bucket: home })).toMatchObject({
      status: 400,
      body: { code: 'malformed_body' },
    })
  })
})
