import { problems as platformProblems } from '../problems/catalogue.ts'
import type { ProblemTable } from '../problems/problem.ts'
import {
  codesOfRefusal,
  type Definitions,
  type Operation,
  type OperationResponse,
  operationOf,
  refusalComponent,
} from './openapi-operation.ts'
import { type JsonSchema, SchemaCollection } from './openapi-schemas.ts'
import { definitionsOf } from './problem-document.ts'
import type { Route } from './route.ts'

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, OperationResponse>>
  }
}

export interface OpenApiOptions {
  readonly routes: readonly Route[]
  readonly problems: readonly ProblemTable[]
  readonly title?: string
  readonly version?: string
}

/** The OpenAPI 3.1 document of the routes; the same routes give the same document, byte for byte. */
export function createOpenApi({ routes, problems, title = 'API', version = '0.1.0' }: OpenApiOptions): OpenApiDocument {
  const schemas = new SchemaCollection()
  const definitions = definitionsOf([platformProblems, ...problems])
  const paths: Record<string, Record<string, Operation>> = {}
  const operations = new Set<string>()
  for (const route of [...routes].sort(byPath)) {
    if (operations.has(route.operation)) throw new Error(`Two routes have the operation ${route.operation}.`)
    operations.add(route.operation)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route, schemas, definitions) }
  }
  const tags = [
    ...new Set(Object.values(paths).flatMap((each) => Object.values(each).flatMap((operation) => operation.tags))),
  ].sort()
  return {
    openapi: '3.1.0',
    info: { title, version, description: 'Errors are RFC 9457 problem details; each code has a page at `/errors/{code}`.' },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes,
      schemas: sorted({ ...schemas.components, Problem: problemSchema }),
      responses: sorted(refusalsIn(paths, definitions)),
    },
  }
}

const securitySchemes: OpenApiDocument['components']['securitySchemes'] = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key or access token' },
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token' },
  cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session', description: 'The session of a browser' },
}

const problemSchema: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem details. Further members depend on the code.',
  properties: {
    type: { type: 'string', description: 'Path of the page about the code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    advice: { type: 'string', description: 'What to do about it' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          in: { type: 'string' },
          pointer: { type: 'string' },
          line: { type: 'integer' },
          message: { type: 'string' },
        },
        required: ['message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
}

function refusalsIn(paths: OpenApiDocument['paths'], definitions: Definitions): Record<string, OperationResponse> {
  const refusals: Record<string, OperationResponse> = {}
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    for (const response of Object.values(operation.responses)) {
      if (!('$ref' in response)) continue
      const codes = codesOfRefusal(response)
      refusals[codes.join('.')] ??= refusalComponent(codes, definitions)
    }
  }
  return refusals
}

function byPath(a: Route, b: Route): number {
  return compare(a.path, b.path) || compare(a.method, b.method)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sorted<T>(table: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => compare(a, b)))
}
