import fastJsonStringify from 'fast-json-stringify'
import { z } from 'zod'
import { compileNullCheck } from './null-check.ts'

type JsonSchema = Record<string, unknown>

/** What decides how a value is written. The rest (patterns, bounds, defaults, texts) only matters to readers. */
const kept = new Set([
  '$ref',
  'type',
  'nullable',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'anyOf',
  'oneOf',
  'allOf',
  'const',
  'enum',
])

/**
 * Compiles a schema to a function that writes its values as JSON. Fields the schema does not name are left out,
 * a missing required field throws, and so does a null where the schema has none.
 */
export function compileWriter(schema: z.ZodType): (value: unknown) => string {
  const json = z.toJSONSchema(schema, { io: 'output', target: 'draft-7', unrepresentable: 'any' }) as JsonSchema
  const definitions = json.definitions as Record<string, JsonSchema> | undefined
  const writable = forWriting(json) as JsonSchema
  if (definitions) {
    writable.definitions = Object.fromEntries(Object.entries(definitions).map(([id, each]) => [id, forWriting(each)]))
  }
  const checkNulls = compileNullCheck(writable, writable.definitions as Record<string, JsonSchema> | undefined)
  const write = fastJsonStringify(writable as unknown as fastJsonStringify.Schema)
  return (value) => {
    checkNulls(value, 'the whole')
    return write(value)
  }
}

function forWriting(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const source = withoutNullBranch(schema as JsonSchema)
  const target: JsonSchema = {}
  for (const [key, value] of Object.entries(source)) {
    if (!kept.has(key)) continue
    if (key === 'properties') target[key] = mapValues(value as JsonSchema, forWriting)
    else if (Array.isArray(value) && (key === 'anyOf' || key === 'oneOf' || key === 'allOf' || key === 'items'))
      target[key] = value.map(forWriting)
    else if (key === 'items' || key === 'additionalProperties') target[key] = forWriting(value)
    else target[key] = value
  }
  return target
}

/** `X or null` as a nullable X: choosing between branches validates each value, which costs more than writing it. */
function withoutNullBranch(schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf as JsonSchema[] | undefined
  if (branches?.length !== 2) return schema
  const other = branches.find((branch) => branch.type !== 'null')
  if (!other || typeof other.type !== 'string' || branches.every((branch) => branch.type !== 'null')) return schema
  return { ...other, nullable: true }
}

function mapValues(source: JsonSchema, change: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, change(value)]))
}
