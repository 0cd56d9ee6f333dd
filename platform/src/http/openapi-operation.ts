import type { z } from 'zod'
import type { ProblemDefinition } from '../problems/problem.ts'
import { problemCodesOf } from './openapi-problems.ts'
import type { JsonSchema, SchemaCollection } from './openapi-schemas.ts'
import type { Route } from './route.ts'

export type Definitions = ReadonlyMap<string, ProblemDefinition>

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security: readonly Record<string, readonly string[]>[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, OperationResponse | Reference>>
  /** What the server enforces beyond the standard: the attack and the console read it. */
  readonly 'x-access': Readonly<Record<string, unknown>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

export interface Reference {
  readonly $ref: string
}

export interface OperationResponse {
  readonly description: string
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>
  readonly content?: Content
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

/** The OpenAPI operation of a route. Throws for a problem code that no table defines. */
export function operationOf(route: Route, schemas: SchemaCollection, definitions: Definitions): Operation {
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    tags: route.tags ?? [tagOf(route.path)],
    security: securityOf(route),
    parameters: [
      ...parametersOf('path', route.params, schemas, route.operation),
      ...parametersOf('query', route.query, schemas, route.operation),
      ...headersOf(route),
    ],
    ...bodyOf(route, schemas),
    responses: { ...answersOf(route, schemas), ...refusalsOf(route, definitions) },
    'x-access': extensionOf(route),
  }
}

/** A key is no person: only a session's cookie or an access token speaks for one. */
function securityOf({ permission }: Route): Operation['security'] {
  if (permission === 'public') return []
  return permission === 'person' ? [{ cookie: [] }, { token: [] }] : [{ bearer: [] }]
}

/** `/v1/bms/buildings/{id}` → `bms`; a platform's route is filed under its first word too. */
function tagOf(path: string): string {
  return path.split('/')[2] ?? 'platform'
}

function extensionOf(route: Route): Record<string, unknown> {
  const { role, feature, quota, logged, entersTenant, idempotency, etag, whileSuspended } = route
  const all = { audience: route.permission, role, feature, quota, logged, entersTenant, idempotency, etag, whileSuspended }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function parametersOf(
  where: 'path' | 'query',
  schema: z.ZodType | undefined,
  schemas: SchemaCollection,
  owner: string,
): Parameter[] {
  if (!schema) return []
  const json = schemas.input(schema, owner)
  const required = new Set((json.required as string[] | undefined) ?? [])
  return Object.entries((json.properties ?? {}) as Record<string, JsonSchema>).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema: rest,
  }))
}

function headersOf(route: Route): Parameter[] {
  const header = (name: string, required: boolean, description: string, maxLength: number): Parameter => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string', minLength: 1, maxLength },
  })
  const headers: Parameter[] = []
  if (route.method === 'POST' && route.idempotency !== 'own') {
    const required = route.idempotency === 'required'
    headers.push(
      header('Idempotency-Key', required, 'Makes a repetition safe: the same key gets the same answer for 24 hours.', 255),
    )
  }
  if (route.etag === 'required' && route.method !== 'GET') headers.push(header('If-Match', true, 'The `ETag` that was read.', 64))
  if (route.etag && route.method === 'GET') headers.push(header('If-None-Match', false, 'Answers 304 while it is current.', 256))
  if (route.entersTenant)
    headers.push(header('Tenantry-Reason', true, 'Why the tenant is entered; shown in its own audit log.', 500))
  return headers
}

function bodyOf(route: Route, schemas: SchemaCollection): Pick<Operation, 'requestBody'> {
  const content: Record<string, { schema: JsonSchema }> = {}
  if (route.body) content['application/json'] = { schema: schemas.input(route.body, route.operation) }
  for (const type of route.rawBody?.accepts ?? []) content[type] = { schema: { type: 'string' } }
  if (Object.keys(content).length === 0) return {}
  const optional = route.body?.safeParse(undefined).success === true
  return { requestBody: { required: !optional, content } }
}

function answersOf(route: Route, schemas: SchemaCollection): Record<string, OperationResponse> {
  const tag = { ETag: { description: 'The version, for `If-Match`', schema: { type: 'string' } } }
  const answers = Object.entries(route.responses as Record<string, z.ZodType | null | string>).map(([status, response]) => {
    const description = (typeof response === 'object' && response?.description) || describeStatus(Number(status))
    if (response === null) return [status, { description }]
    if (typeof response === 'string') return [status, { description, content: { [response]: { schema: { type: 'string' } } } }]
    const content = { 'application/json': { schema: schemas.output(response, route.operation) } }
    return [status, { description, ...(route.etag ? { headers: tag } : {}), content }]
  })
  if (route.etag && route.method === 'GET') answers.push(['304', { description: 'Not changed' }])
  return Object.fromEntries(answers)
}

function describeStatus(status: number): string {
  const words: Readonly<Record<number, string>> = {
    200: 'Done',
    201: 'Created',
    202: 'Accepted; it happens later',
    204: 'Done; no body',
  }
  return words[status] ?? `Status ${status}`
}

/** Refusals by status. Most routes share them, so they are components, named by their codes: `invalid_request.malformed_body`. */
function refusalsOf(route: Route, definitions: Definitions): Record<string, OperationResponse | Reference> {
  const byStatus = new Map<number, string[]>()
  for (const code of problemCodesOf(route)) {
    const definition = definitions.get(code)
    if (!definition) throw new Error(`Route ${route.operation} names the problem ${code}, which no catalogue defines.`)
    byStatus.set(definition.status, [...(byStatus.get(definition.status) ?? []), code])
  }
  if (route.protocol) {
    const answer = (codes: readonly string[]) => refusalComponent(codes, definitions, 'application/json')
    return Object.fromEntries([...byStatus].map(([status, codes]) => [status, answer(codes)]))
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, { $ref: `${refusalPrefix}${codes.join('.')}` }]))
}

const refusalPrefix = '#/components/responses/'

/** The codes of a reference that `refusalsOf` made. */
export function codesOfRefusal({ $ref }: Reference): string[] {
  return $ref.slice(refusalPrefix.length).split('.')
}

/** The component that such a reference names. */
export function refusalComponent(
  codes: readonly string[],
  definitions: Definitions,
  contentType = 'application/problem+json',
): OperationResponse {
  const own = { type: 'object', properties: { code: { enum: codes } } }
  return {
    description: codes.map((code) => definitions.get(code)?.title).join('; '),
    content: { [contentType]: { schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, own] } } },
  }
}
