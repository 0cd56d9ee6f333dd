import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, type Installation, install } from './bms.test-support.ts'

let installation: Installation
let mine: Client

beforeAll(async () => {
  installation = await install()
  mine = await installation.customer()
})
afterAll(() => installation?.close())

test('[BMS-12] the portal is told where the points of a building are read and followed', async () => {
  const { status, body } = await mine.get('/v1/views')
  expect(status).toBe(200)
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['overview', 'buildings', 'sensors'])
  expect(body.items[1]).toMatchObject({
    kind: 'series',
    title: { en: 'Buildings', de: 'Gebäude' },
    series: {
      seriesPath: '/v1/bms/buildings/{id}/series',
      dataPath: '/v1/bms/buildings/{id}/data',
      livePath: '/v1/bms/buildings/{id}/live',
      loads: ['power'],
    },
    resource: { path: '/v1/bms/buildings', label: 'name', search: true, mayCreate: true },
  })
})

test('[BMS-4] a key that is limited to named buildings cannot make new ones, and is offered no form for it', async () => {
  const building = (await mine.post('/v1/bms/buildings', { name: 'Granted' })).body.id
  const limited = await installation.key(mine, { buildings: [building] })
  const { body } = await limited.get('/v1/views')
  const view = body.items.find(({ name }: { name: string }) => name === 'buildings')
  expect(view.resource.mayCreate).toBe(false)
})
