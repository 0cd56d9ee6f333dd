import { z } from 'zod'

export type JsonSchema = { [key: string]: unknown }

/** Formats that say more than the pattern Zod writes beside them. */
const selfExplaining = new Set(['uuid', 'date-time', 'date', 'email', 'duration', 'ipv4', 'ipv6'])

/** Collects the schemas of a document: those with `.meta({ id })` become shared components. */
export class SchemaCollection {
  readonly components: Record<string, JsonSchema> = {}

  /** What a client sends. */
  input(schema: z.ZodType, owner: string): JsonSchema {
    return this.#add(schema, 'input', owner)
  }

  /** What a client gets. */
  output(schema: z.ZodType, owner: string): JsonSchema {
    return this.#add(schema, 'output', owner)
  }

  #add(schema: z.ZodType, io: 'input' | 'output', owner: string): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...json
    } = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => simplify(jsonSchema as JsonSchema, io),
    }) as JsonSchema
    const definitions = ($defs ?? {}) as Record<string, JsonSchema>
    const names = new Map<string, string>()
    for (const [name, definition] of Object.entries(definitions))
      names.set(name, this.#nameFor(name, definition, definitions, io, owner))
    for (const [name, definition] of Object.entries(definitions))
      this.components[names.get(name) as string] = renamed(definition, names)
    return renamed(json, names)
  }

  /** A name of its own where the same id means two things: what is sent may have optional fields that are always answered. */
  #nameFor(name: string, definition: JsonSchema, all: Record<string, JsonSchema>, io: 'input' | 'output', owner: string): string {
    const plain = name.startsWith('__schema') ? `${owner[0]?.toUpperCase()}${owner.slice(1)}${name.slice(2)}` : name
    const own = new Map(Object.keys(all).map((each) => [each, each]))
    const known = this.components[plain]
    if (known === undefined || JSON.stringify(known) === JSON.stringify(renamed(definition, own))) return plain
    return io === 'input' ? `${plain}Input` : `${plain}Output`
  }
}

function simplify(json: JsonSchema, io: 'input' | 'output'): void {
  delete json.id
  if (json.pattern === undefined || selfExplaining.has(json.format as string)) delete json.pattern
  if (json.enum === undefined) delete json.enum
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum
  // Answers may grow fields; a client that refuses them would break.
  if (io === 'output' && json.additionalProperties === false) delete json.additionalProperties
}

function renamed<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => {
    if (key !== '$ref' || typeof each !== 'string') return [key, renamed(each, names)]
    const name = each.replace(/^#\/\$defs\//, '')
    return [key, `#/components/schemas/${names.get(name) ?? name}`]
  })
  return Object.fromEntries(entries)
}
