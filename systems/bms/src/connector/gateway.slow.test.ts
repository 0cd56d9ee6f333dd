import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client, Installation } from '../bms.test-support.ts'
import { asOwner, installWithConnectors, newBuilding } from './connector.test-support.ts'
import { type Central, startCentral } from './simulator/zerotier.test-support.ts'

const token = 'token of the tenant, xyzzy' // a word that no random id contains
const networkId = '8056c2e21c000001'
const nodeId = '1122334455'

let installation: Installation
let central: Central
let mine: Client
let id: string

beforeAll(async () => {
  installation = await installWithConnectors()
  central = await startCentral(token, [networkId])
  mine = await installation.customer()
  id = await newBuilding(mine)
})
afterAll(async () => {
  await central?.stop()
  await installation?.close()
})

const authorise = (body: object = {}, client = mine, of = id) =>
  client.post(`/v1/bms/buildings/${of}/gateway/authorise`, { nodeId, token, central: central.url, ...body })
const gateway = (client = mine, of = id) => client.get(`/v1/bms/buildings/${of}/gateway`)

test("[BMS-11] a gateway is let into its building's network through ZeroTier's API, and it is shown which", async () => {
  expect(await gateway()).toMatchObject({ status: 404 })
  const { body } = await authorise()
  expect(body).toMatchObject({ code: 'ok', buildingId: id, networkId, nodeId, authorisedAt: expect.any(String) })
  expect([...central.authorised]).toEqual([`${networkId}/${nodeId}`])
  expect((await gateway()).body).toEqual(body)
  // One that works stays let in, though a later call fails; another one never was.
  expect((await authorise({ token: 'wrong' })).body).toMatchObject({ code: 'refused', authorisedAt: body.authorisedAt })
  expect((await authorise({ token: 'wrong', nodeId: '99aabbccdd' })).body).toMatchObject({ code: 'refused', authorisedAt: null })
})

test('the token is kept nowhere', async () => {
  await authorise()
  const rows = await asOwner(
    installation.database.superuserUrl,
    'select g::text from bms.gateways g union all select a::text from tenantry.audit_entries a',
  )
  expect(JSON.stringify(rows)).toContain(nodeId)
  expect(JSON.stringify(rows)).not.toContain('xyzzy')
})

test('a wrong token, an unknown network and an address that is not allowed let nobody in', async () => {
  const building = async (network: string) =>
    (await mine.post('/v1/bms/buildings', { name: network, networkId: network })).body.id
  const other = await building('8056c2e21c000002')
  expect((await authorise({ token: 'wrong' })).body).toMatchObject({ code: 'refused' })
  expect((await authorise({}, mine, other)).body).toMatchObject({ code: 'network_unknown', authorisedAt: null })
  expect((await authorise({ central: 'https://10.0.0.1/' }, mine, other)).body).toMatchObject({ code: 'address_refused' })
  expect(await authorise({}, mine, await building('../../evil'))).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect(await authorise({ nodeId: '../x' })).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect((await gateway(mine, other)).body).toMatchObject({ code: 'address_refused', authorisedAt: null })
})

test("another tenant's building has no gateway for us, and a building that was not granted is named", async () => {
  const stranger = await installation.customer()
  const before = central.authorised.size
  expect(await authorise({ nodeId: 'ffffffffff' }, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await gateway(stranger)).toMatchObject({ status: 404 })
  const elsewhere = await newBuilding(mine, 'Castle Street')
  const limited = await installation.key(mine, { buildings: [elsewhere] })
  expect(await authorise({ nodeId: 'ffffffffff' }, limited)).toMatchObject({
    status: 403,
    body: { code: 'building_not_granted' },
  })
  expect(await gateway(limited)).toMatchObject({ status: 403, body: { code: 'building_not_granted' } })
  expect(central.authorised.size).toBe(before)
})
