/** The part of an OpenAPI document that the attack reads. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

/** One route, as the document tells it. */
export interface Target {
  readonly operation: string
  readonly method: string
  readonly path: string
  /** `public`, `authenticated`, `person`, `operator` or a permission. */
  readonly audience: string
  /** The least role, of members. */
  readonly role: string | undefined
  readonly entersTenant: boolean
  readonly whileSuspended: boolean
  readonly takesIdempotencyKey: boolean
  readonly takesIfNoneMatch: boolean
  /** Path parameters that are ids. */
  readonly pathIds: readonly string[]
  /** Query parameters that are ids. */
  readonly queryIds: readonly string[]
  readonly query: ReadonlySet<string>
  /** Ids in the JSON body, as pointers: `buildingId`, `grants/0`. */
  readonly bodyIds: readonly string[]
  /** Names that the JSON body declares at its top; undefined without a JSON body that is an object. */
  readonly bodyFields: ReadonlySet<string> | undefined
}

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

interface DescribedOperation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly 'x-access'?: Readonly<Record<string, unknown>>
}

const methods = ['get', 'put', 'post', 'patch', 'delete']

/** Every route of the document. Throws for one that does not say whom it is for: it was not made by Tenantry. */
export function targetsOf(document: ApiDocument): Target[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method] as DescribedOperation | undefined
      return operation === undefined ? [] : [targetOf(document, method.toUpperCase(), path, operation)]
    }),
  )
}

function targetOf(document: ApiDocument, method: string, path: string, operation: DescribedOperation): Target {
  const extension = operation['x-access']
  if (typeof extension?.audience !== 'string')
    throw new Error(`${operation.operationId} does not say in x-access whom it is for.`)
  const named = (where: string) => (operation.parameters ?? []).filter((each) => each.in === where)
  const ids = (where: string) => named(where).filter(({ schema }) => isId(document, schema))
  const has = (where: string, name: string) => named(where).some((each) => each.name === name)
  const body = operation.requestBody?.content['application/json']?.schema
  return {
    operation: operation.operationId,
    method,
    path,
    audience: extension.audience,
    role: typeof extension.role === 'string' ? extension.role : undefined,
    entersTenant: extension.entersTenant === true,
    whileSuspended: extension.whileSuspended === true,
    takesIdempotencyKey: has('header', 'Idempotency-Key'),
    takesIfNoneMatch: has('header', 'If-None-Match'),
    pathIds: ids('path').map(({ name }) => name),
    queryIds: ids('query').map(({ name }) => name),
    query: new Set(named('query').map(({ name }) => name)),
    bodyIds: body === undefined ? [] : idsWithin(document, body, '', new Set()),
    bodyFields: body === undefined ? undefined : fieldsOf(document, body),
  }
}

function resolved(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '')
  return name === undefined ? schema : ((document.components?.schemas?.[name] as Schema | undefined) ?? {})
}

function alternatives({ anyOf = [], oneOf = [], allOf = [] }: Schema): readonly Schema[] {
  return [...anyOf, ...oneOf, ...allOf]
}

function isId(document: ApiDocument, schema: Schema): boolean {
  const known = resolved(document, schema)
  return known.format === 'uuid' || alternatives(known).some((each) => isId(document, each))
}

function idsWithin(document: ApiDocument, schema: Schema, pointer: string, seen: ReadonlySet<string>): string[] {
  if (schema.$ref !== undefined && seen.has(schema.$ref)) return []
  const deeper = schema.$ref === undefined ? seen : new Set([...seen, schema.$ref])
  const known = resolved(document, schema)
  const below = (name: string) => (pointer === '' ? name : `${pointer}/${name}`)
  const found = [
    ...(known.format === 'uuid' ? [pointer] : []),
    ...Object.entries(known.properties ?? {}).flatMap(([name, each]) => idsWithin(document, each, below(name), deeper)),
    ...(known.items === undefined ? [] : idsWithin(document, known.items, below('0'), deeper)),
    ...alternatives(known).flatMap((each) => idsWithin(document, each, pointer, deeper)),
  ]
  return [...new Set(found)]
}

function fieldsOf(document: ApiDocument, schema: Schema): ReadonlySet<string> | undefined {
  const known = resolved(document, schema)
  const parts = alternatives(known).flatMap((each) => [...(fieldsOf(document, each) ?? [])])
  if (known.properties === undefined && parts.length === 0) return undefined
  return new Set([...Object.keys(known.properties ?? {}), ...parts])
}
