import { anyContent, influxProtocol, isTenant, problems, type RequestInfo, reply, route } from 'tenantry'
import { z } from 'zod'
import { bmsPoints } from '../point-store.ts'
import { V1Query, V2Query } from './influx-schemas.ts'
import { type StoredLines, storeLines } from './store-lines.ts'

/** Where InfluxDB has them, so that what writes there writes here. A key of the tenant is the token or the password. */

const shared = {
  method: 'POST',
  tags: ['bms'],
  permission: 'bms.points:write',
  idempotency: 'own',
  protocol: influxProtocol,
  bodyLimit: 32 * 1_048_576,
  rawBody: { accepts: [anyContent] },
  responses: { 204: null },
  problems: [
    'invalid_line',
    'other_tenant_named',
    'building_not_found',
    'building_not_granted',
    'quota_exceeded',
    'store_unavailable',
  ],
} as const

const description =
  'All lines are stored or none. The tag `building` names the building, else the request does; measurement and field are the point type, ' +
  'the tags `unit` and `sensor` name the sensor. See docs/guides/sending-points.md.'

export const writeInfluxV2 = route({
  ...shared,
  path: '/api/v2/write',
  operation: 'writeLineProtocolV2',
  summary: 'Store points as InfluxDB line protocol, as clients of InfluxDB 2 send it',
  description,
  query: V2Query,
  handle: async ({ scope, tenant, query, request, rawBody, services }) => {
    const { org, bucket, precision } = query
    if (org !== '' && !isTenant(tenant, org)) {
      throw problems.other_tenant_named('`org` is not your tenant: give its slug, or nothing. Nothing was stored.')
    }
    const asked = { building: bucket, precision, partial: isPartial(query.partial, request) }
    return answer(await storeLines(scope, services.points.open(bmsPoints), tenant, rawBody ?? nothing(), asked))
  },
})

export const writeInfluxV1 = route({
  ...shared,
  path: '/write',
  operation: 'writeLineProtocolV1',
  summary: 'Store points as InfluxDB line protocol, as clients of InfluxDB 1 send it',
  description,
  query: V1Query,
  handle: async ({ scope, tenant, query, request, rawBody, services }) => {
    const asked = { building: query.db, precision: query.precision, partial: isPartial(query.partial, request) }
    return answer(await storeLines(scope, services.points.open(bmsPoints), tenant, rawBody ?? nothing(), asked))
  },
})

/** What clients ask before they write. Says nothing of anybody. */
export const pingInflux = route({
  method: 'GET',
  path: '/ping',
  operation: 'pingInflux',
  summary: 'Say that lines are taken, as InfluxDB does',
  tags: ['bms'],
  permission: 'public',
  addressRate: 'published',
  query: z.strictObject({ verbose: z.string().max(10).optional(), wait_for_leader: z.string().max(10).optional() }),
  responses: { 204: null },
  handle: () => reply(204, undefined, { headers: { 'x-influxdb-version': 'tenantry', 'x-influxdb-build': 'tenantry' } }),
})

export const readInfluxHealth = route({
  method: 'GET',
  path: '/health',
  operation: 'readInfluxHealth',
  summary: 'Say that lines are taken, in the words of InfluxDB 2',
  tags: ['bms'],
  permission: 'public',
  addressRate: 'published',
  responses: { 200: z.strictObject({ name: z.string(), message: z.string(), status: z.literal('pass') }) },
  handle: () => ({ name: 'tenantry', message: 'ready for writes', status: 'pass' as const }),
})

function isPartial(partial: 'true' | 'false' | undefined, { headers }: RequestInfo): boolean {
  return (partial ?? headers['partial-write']) === 'true'
}

/** No body: the clients take nothing but 204 for a success. */
function answer({ stored, refused, refusedLines }: StoredLines) {
  const left = refused === 0 ? {} : { refused: String(refused), 'refused-lines': refusedLines.join(', ') }
  return reply(204, undefined, { headers: { 'tenantry-stored': String(stored), ...left } })
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
