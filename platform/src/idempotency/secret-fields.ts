import { z } from 'zod'
import type { Answer } from '../http/pipeline.ts'
import type { Route } from '../http/route.ts'

type Schema = Readonly<Record<string, unknown>>

const withSecrets = new WeakMap<z.ZodType, Schema | undefined>()

/**
 * The answer without the fields that its schema marks as shown once: `z.string().optional().meta({ secret: true })`.
 * A credential is told to whoever asked for it and is kept nowhere, not even for a repetition.
 */
export function withoutSecrets(route: Route, answer: Answer): Answer {
  const response = route.responses[answer.status]
  if (answer.body === null || !(response instanceof z.ZodType)) return answer
  const schema = secretsOf(response)
  if (schema === undefined) return answer
  return { ...answer, body: JSON.stringify(strip(JSON.parse(answer.body), schema, schema)) }
}

/** The schema as JSON Schema, or undefined when nothing in it is secret. */
function secretsOf(response: z.ZodType): Schema | undefined {
  if (!withSecrets.has(response)) {
    const schema = z.toJSONSchema(response, { io: 'output', unrepresentable: 'any' }) as Schema
    withSecrets.set(response, JSON.stringify(schema).includes('"secret":true') ? schema : undefined)
  }
  return withSecrets.get(response)
}

function strip(value: unknown, schema: Schema, root: Schema): unknown {
  if (typeof value !== 'object' || value === null) return value
  const parts = alternatives(schema, root)
  if (Array.isArray(value)) {
    return value.map((item) => parts.reduce<unknown>((rest, part) => stripBy(rest, part.items, root), item))
  }
  const rest: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    const schemas = parts.flatMap((part) => (part.properties as Record<string, Schema> | undefined)?.[name] ?? []) as Schema[]
    if (schemas.some((each) => each.secret === true)) continue
    rest[name] = schemas.reduce<unknown>((left, each) => strip(left, each, root), field)
  }
  return rest
}

function stripBy(value: unknown, schema: unknown, root: Schema): unknown {
  return typeof schema === 'object' && schema !== null ? strip(value, schema as Schema, root) : value
}

/** A schema and all it may stand for: what one branch calls secret is secret. */
function alternatives(schema: Schema, root: Schema): Schema[] {
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((each) => (each as Schema[] | undefined) ?? [])
  const named = typeof schema.$ref === 'string' ? definition(schema.$ref, root) : undefined
  return [schema, ...[...branches, ...(named === undefined ? [] : [named])].flatMap((each) => alternatives(each, root))]
}

function definition(reference: string, root: Schema): Schema | undefined {
  const name = /^#\/\$defs\/(.+)$/.exec(reference)?.[1]
  return name === undefined ? undefined : (root.$defs as Record<string, Schema> | undefined)?.[name]
}
