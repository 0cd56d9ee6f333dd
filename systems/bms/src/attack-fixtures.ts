import type { Ask, Fixtures, Ground } from 'tenantry'

const start = '2026-01-01T00:00:00Z'
const end = '2026-01-02T00:00:00Z'

/** A building with one point, whose sensor is named by the canary. */
async function building({ canary, send }: Ground): Promise<string> {
  const { body } = await send({ method: 'POST', path: '/v1/bms/buildings', body: { name: canary, address: canary } })
  const points = [{ time: start, pointType: 'temperature', unit: 'degC', sensor: canary, value: 21 }]
  await send({ method: 'POST', path: `/v1/bms/buildings/${body.id}/points`, body: { points } })
  return body.id
}

async function askOf(ground: Ground): Promise<Ask & { readonly look: { readonly path: string } }> {
  const id = await building(ground)
  return { params: { id }, grants: [id], look: { path: `/v1/bms/buildings/${id}/data?start=${start}&end=${end}` } }
}

/** A line about a building that the request names, with a sensor that is named by the canary. */
async function lineOf(ground: Ground): Promise<Ask & { readonly building: string }> {
  const { params, ...ask } = await askOf(ground)
  const text = `co2,unit=ppm,sensor=${ground.canary} value=420 ${Date.parse(start) / 1000 + 3600}`
  return { ...ask, building: params?.id ?? '', raw: { contentType: 'text/plain', text } }
}

/** An address of documentation (RFC 5737): refused before anybody is called. */
const nowhere = 'https://192.0.2.1/'

async function connectorOf(ground: Ground): Promise<Ask> {
  const id = await building(ground)
  const path = `/v1/bms/buildings/${id}/connector`
  await ground.send({ method: 'PUT', path, body: { url: `${nowhere}${ground.canary}`, paused: true } })
  return { params: { id }, grants: [id], look: { path } }
}

/** Texts of it are hexadecimal, so none can be the canary. */
const gateway = { nodeId: '1122334455', token: 'token', central: nowhere }

async function gatewayOf({ canary, send }: Ground): Promise<Ask & { readonly look: { readonly path: string } }> {
  const made = { name: canary, networkId: '8056c2e21c000001' }
  const { body } = await send({ method: 'POST', path: '/v1/bms/buildings', body: made })
  return { params: { id: body.id }, grants: [body.id], look: { path: `/v1/bms/buildings/${body.id}/gateway` } }
}

/** How `tenantry attack` asks the routes that no resource declares. */
export const attackFixtures: Fixtures = {
  readBuildingData: async (ground) => ({ ...(await askOf(ground)), query: { start, end } }),
  listBuildingSeries: askOf,
  compareBuildings: async (ground) => {
    const { params, ...ask } = await askOf(ground)
    return { ...ask, query: { building_id: params?.id ?? '', start, end } }
  },
  // The point was stored just now, and a stream begins ten seconds back.
  followBuilding: askOf,
  writeBuildingPoints: async (ground) => {
    const point = { time: '2026-01-01T12:00:00Z', pointType: 'co2', unit: 'ppm', sensor: ground.canary, value: 420 }
    return { ...(await askOf(ground)), body: { points: [point] } }
  },
  writeManyPoints: async (ground) => {
    const { params, ...ask } = await askOf(ground)
    const point = { time: '2026-01-01T12:00:00Z', pointType: 'co2', unit: 'ppm', sensor: ground.canary, value: 420 }
    return { ...ask, body: { points: [{ ...point, buildingId: params?.id }] } }
  },
  writeLineProtocolV2: async (ground) => {
    const { building, ...ask } = await lineOf(ground)
    return { ...ask, query: { bucket: building, precision: 's' } }
  },
  writeLineProtocolV1: async (ground) => {
    const { building, ...ask } = await lineOf(ground)
    return { ...ask, query: { db: building, precision: 's' } }
  },
  readConnector: connectorOf,
  setConnector: async (ground) => ({
    ...(await connectorOf(ground)),
    body: { url: `${nowhere}${ground.canary}/${ground.unique()}`, paused: true },
  }),
  deleteConnector: connectorOf,
  // Each poll is noted: when it failed last, and how often.
  testConnector: connectorOf,
  readGateway: async (ground) => {
    const ask = await gatewayOf(ground)
    await ground.send({ method: 'POST', path: `${ask.look.path}/authorise`, body: gateway })
    return { ...ask, shows: gateway.nodeId }
  },
  authoriseGateway: async (ground) => ({ ...(await gatewayOf(ground)), body: gateway, shows: gateway.nodeId }),
  // Of nobody: there is nothing of a tenant to be seen.
  pingInflux: () => ({ shows: '' }),
  readInfluxHealth: () => ({ shows: '"pass"' }),
}
