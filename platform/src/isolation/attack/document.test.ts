import { expect, test } from 'vitest'
import { targetsOf } from './document.ts'

const id = { type: 'string', format: 'uuid' }

test('ids are found wherever a request can name one: path, query, body, lists and shared schemas', () => {
  const schemas = {
    Order: {
      type: 'object',
      properties: { customerId: id, lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } } },
    },
    Line: {
      type: 'object',
      properties: { articleId: { anyOf: [id, { type: 'null' }] }, within: { $ref: '#/components/schemas/Line' } },
    },
  }
  const operation = {
    operationId: 'changeOrder',
    'x-access': { audience: 'shop.orders:write', etag: 'required' },
    parameters: [
      { name: 'id', in: 'path', schema: id },
      { name: 'part', in: 'path', schema: { type: 'string' } },
      { name: 'buyerId', in: 'query', schema: id },
      { name: 'limit', in: 'query', schema: { type: 'integer' } },
    ],
    requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
  }
  const [target] = targetsOf({ paths: { '/v1/shop/orders/{id}/{part}': { patch: operation } }, components: { schemas } })
  expect(target).toMatchObject({
    operation: 'changeOrder',
    method: 'PATCH',
    pathIds: ['id'],
    queryIds: ['buyerId'],
    bodyIds: ['customerId', 'lines/0/articleId'],
    bodyFields: new Set(['customerId', 'lines']),
    takesIdempotencyKey: false,
  })
})

test('a route that does not say whom it is for is no route to be trusted', () => {
  expect(() => targetsOf({ paths: { '/x': { get: { operationId: 'readX' } } } })).toThrow(/readX does not say/)
})
