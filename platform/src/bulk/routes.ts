import { z } from 'zod'
import { idPosition, makePage, pageOf, pageQuery, readCursor } from '../http/page.ts'
import { type Route, reply, route } from '../http/route.ts'
import { BulkOperation, BulkResult, NewBulkOperation, resultStates } from './bulk-operation.ts'

const shared = { permission: 'operator', tags: ['Operations'] } as const
const Path = z.strictObject({ id: z.uuid() })

const startBulkOperation = route({
  ...shared,
  method: 'POST',
  path: '/v1/operations/bulk',
  operation: 'startBulkOperation',
  summary: 'Do something to many tenants',
  description:
    'Answers at once and goes on in the background, tenant by tenant, each with a result of its own; a refusal in one changes nothing in ' +
    'the others. The tenants are those that match at this moment.',
  idempotency: 'required',
  body: NewBulkOperation,
  responses: { 202: BulkOperation },
  problems: ['conflict', 'not_found'],
  handle: async ({ body, services, principal }) => {
    const operation = await services.bulk.start(body, principal.id)
    return reply(202, operation, { headers: { location: `/v1/operations/bulk/${operation.id}` } })
  },
})

const listBulkOperations = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/bulk',
  operation: 'listBulkOperations',
  summary: 'List what was done to many tenants at once, the newest first',
  query: z.strictObject(pageQuery),
  responses: { 200: pageOf(BulkOperation).meta({ id: 'BulkOperationPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ query: { limit, cursor }, services }) => {
    const rows = await services.bulk.list({ after: readCursor(cursor, {}, idPosition)?.id, limit: limit + 1 })
    return makePage(rows, limit, {}, ({ id }) => ({ values: [], id }))
  },
})

const readBulkOperation = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/bulk/{id}',
  operation: 'readBulkOperation',
  summary: 'Read how far an operation on many tenants is',
  params: Path,
  responses: { 200: BulkOperation },
  handle: ({ params, services }) => services.bulk.read(params.id),
})

const listBulkResults = route({
  ...shared,
  method: 'GET',
  path: '/v1/operations/bulk/{id}/results',
  operation: 'listBulkResults',
  summary: 'List what became of each tenant',
  params: Path,
  query: z.strictObject({ ...pageQuery, state: z.enum(resultStates).optional() }),
  responses: { 200: pageOf(BulkResult).meta({ id: 'BulkResultPage' }) },
  problems: ['invalid_cursor'],
  handle: async ({ params, query: { limit, cursor, state }, services }) => {
    const asked = { ...params, state }
    const after = readCursor(cursor, asked, idPosition)?.id
    const rows = await services.bulk.results(params.id, { state, after, limit: limit + 1 })
    return makePage(rows, limit, asked, ({ tenantId }) => ({ values: [], id: tenantId }))
  },
})

const cancelBulkOperation = route({
  ...shared,
  method: 'POST',
  path: '/v1/operations/bulk/{id}/cancel',
  operation: 'cancelBulkOperation',
  summary: 'Stop an operation: tenants whose turn has not come stay as they are',
  description: 'What is done already stays done. One that is over stays as it is.',
  params: Path,
  responses: { 200: BulkOperation },
  handle: ({ params, services }) => services.bulk.cancel(params.id),
})

export const bulkRoutes: readonly Route[] = [
  startBulkOperation,
  listBulkOperations,
  readBulkOperation,
  listBulkResults,
  cancelBulkOperation,
]
