import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
let mine: Client
let theirs: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
  theirs = await installation.customer()
})
afterAll(() => installation?.close())

const absent = '018f0000-0000-7000-8000-000000000000'

async function newBuilding(client: Client, name = 'Harbour House', more: object = {}): Promise<string> {
  const { status, body } = await client.post('/v1/bms/buildings', { name, ...more })
  expect(status).toBe(201)
  return body.id
}

describe('a building, declared and no more', () => {
  test('is created, with its address and tag', async () => {
    const { status, headers, body } = await mine.post('/v1/bms/buildings', { name: 'Pier 1', timeZone: 'Europe/London' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'Pier 1', timeZone: 'Europe/London', address: null, networkId: null, version: 1 })
    expect(headers.get('location')).toBe(`/v1/bms/buildings/${body.id}`)
    expect(headers.get('etag')).toBe('"v1"')
  })

  test('is changed by whoever saw the current version', async () => {
    const id = await newBuilding(mine)
    const change = (tag?: string) =>
      mine.send('PATCH', `/v1/bms/buildings/${id}`, { body: { address: 'Quay 7' }, headers: tag ? { 'if-match': tag } : {} })
    expect(await change()).toMatchObject({ status: 428, body: { code: 'precondition_required' } })
    expect(await change('"v1"')).toMatchObject({ status: 200, body: { address: 'Quay 7', version: 2 } })
    expect(await change('"v1"')).toMatchObject({ status: 412, body: { code: 'precondition_failed' } })
    expect((await mine.get(`/v1/bms/buildings/${id}`)).headers.get('etag')).toBe('"v2"')
  })

  test('is deleted, and then not found', async () => {
    const id = await newBuilding(mine)
    expect(await mine.send('DELETE', `/v1/bms/buildings/${id}`)).toMatchObject({ status: 204, text: '' })
    expect(await mine.get(`/v1/bms/buildings/${id}`)).toMatchObject({ status: 404 })
  })

  test('is listed page by page and found by its words', async () => {
    const client = await installation.customer()
    for (const name of ['Alpha Tower', 'Beta Tower', 'Gamma Hall']) await newBuilding(client, name)
    const first = await client.get('/v1/bms/buildings?limit=2&sort=-name')
    expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(['Gamma Hall', 'Beta Tower'])
    const second = await client.get(`/v1/bms/buildings?limit=2&sort=-name&cursor=${first.body.nextCursor}`)
    expect(second.body).toMatchObject({ items: [{ name: 'Alpha Tower' }], nextCursor: null })
    const found = await client.get('/v1/bms/buildings?search=tow%20al')
    expect(found.body.items).toMatchObject([{ name: 'Alpha Tower' }])
  })

  test.each([
    ['an unknown field', { name: 'X', tenantId: absent }],
    ["an id of one's own", { name: 'X', id: absent }],
    ['a zone that PostgreSQL would read backwards', { name: 'X', timeZone: '+05:30' }],
    ['no name', {}],
    ['a name of blanks', { name: '   ' }],
  ])('is refused with %s', async (_, body) => {
    expect(await mine.post('/v1/bms/buildings', body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })

  test('counts against the plan: the eleventh of a base tenant is refused, saying how many there may be', async () => {
    const base = await installation.customer('base')
    for (let n = 1; n <= 10; n++) await newBuilding(base, `Building ${n}`)
    expect(await base.post('/v1/bms/buildings', { name: 'One more' })).toMatchObject({
      status: 429,
      body: { code: 'quota_exceeded', limit: 'buildings', max: 10 },
    })
  })

  test('asks for its permission', async () => {
    const reader = await installation.key(mine, { permissions: ['bms.buildings:read'] })
    expect(await reader.get('/v1/bms/buildings')).toMatchObject({ status: 200 })
    expect(await reader.post('/v1/bms/buildings', { name: 'X' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe('[CRM-5] every id in a path or a body is held against the tenant', () => {
  test('a foreign building answers byte for byte like one that never was', async () => {
    const foreign = await newBuilding(theirs)
    for (const path of ['', '/data?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z', '/series']) {
      const [one, other] = await Promise.all([foreign, absent].map((id) => mine.get(`/v1/bms/buildings/${id}${path}`)))
      expect(one?.status).toBe(404)
      expect(one?.text).toBe(other?.text)
    }
    const points = { points: [{ time: '2026-01-01T00:00:00Z', pointType: 'co2', value: 1 }] }
    const writes = await Promise.all([foreign, absent].map((id) => mine.post(`/v1/bms/buildings/${id}/points`, points)))
    expect(writes.map(({ status }) => status)).toEqual([404, 404])
    expect(writes[0]?.text).toBe(writes[1]?.text)
  })

  test('a sensor cannot be put into a foreign building', async () => {
    const foreign = await newBuilding(theirs)
    const answers = await Promise.all(
      [foreign, absent].map((buildingId) => mine.post('/v1/bms/sensors', { buildingId, pointType: 'co2' })),
    )
    expect(answers[0]).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(answers[0]?.text).toBe(answers[1]?.text)
    expect((await theirs.get('/v1/bms/sensors')).body.items).toEqual([])
  })
})

test('[BMS-13] a building made now receives points now, in a tenant made now', async () => {
  const client = await installation.customer()
  const id = await newBuilding(client)
  const stored = await client.post(`/v1/bms/buildings/${id}/points`, {
    points: [{ time: '2026-01-01T00:00:00Z', pointType: 'temperature', unit: 'degC', value: 21.5 }],
  })
  expect(stored).toMatchObject({ status: 200, body: { stored: 1, refused: 0, errors: [] } })
  const data = await client.get(`/v1/bms/buildings/${id}/data?start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z`)
  expect(data.body.series).toMatchObject([
    { pointType: 'temperature', points: [{ time: '2026-01-01T00:00:00.000Z', value: 21.5 }] },
  ])
})

describe('a key limited to named buildings', () => {
  test("sees those; another of its tenant is 403 naming it, another tenant's is 404", async () => {
    const [granted, other, foreign] = [await newBuilding(mine), await newBuilding(mine), await newBuilding(theirs)]
    const limited = await installation.key(mine, { buildings: [granted] })
    expect((await limited.get('/v1/bms/buildings')).body.items).toMatchObject([{ id: granted }])
    expect(await limited.get(`/v1/bms/buildings/${granted}/series`)).toMatchObject({ status: 200 })
    expect(await limited.get(`/v1/bms/buildings/${other}/series`)).toMatchObject({
      status: 403,
      body: { code: 'building_not_granted', buildingId: other },
    })
    expect(await limited.get(`/v1/bms/buildings/${foreign}/series`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})
