import { hostileTexts, hostileValues } from './hostile-values.ts'
import type { Random } from './random.ts'

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export type Resolve = (schema: Schema) => Schema

/** A value that the schema takes; undefined where the schema does not say enough to make one. */
export function schemaValue(schema: Schema, random: Random, resolve: Resolve): unknown {
  const known = resolve(schema)
  if (known.anyOf !== undefined) return schemaValue(random.pick(known.anyOf), random, resolve)
  if (known.enum !== undefined) return random.pick(known.enum)
  switch (known.type) {
    case 'string':
      return known.format === undefined && known.pattern === undefined ? textOf(known, random) : undefined
    case 'integer':
      return random.between(Math.max(known.minimum ?? 0, -1000), Math.min(known.maximum ?? 1000, 1_000_000))
    case 'number':
      return random.next() * 1000
    case 'boolean':
      return random.chance(0.5)
    case 'null':
      return null
    default:
      return undefined
  }
}

const alphabets = [
  'abc XYZ 019-_.',
  'äöüß éèê ñ',
  '汉字かな交じり',
  'שלום مرحبا',
  '😀👩🏽‍🚀🎉',
  `'"\\%_$;--/*<>&|`,
  'Ａﬁ\u00a0\u2028',
]

/** Any text of the right length: Unicode, quotes and signs that mean something to SQL, HTML or a shell. */
function textOf({ minLength = 0, maxLength = 60 }: Schema, random: Random): string {
  const letters = [...random.pick(alphabets)]
  const length = random.between(Math.max(minLength, 1), Math.min(maxLength, 60))
  let text = ''
  while (text.length < length) text += random.pick(letters)
  return text.slice(0, maxLength).trim() || 'x'
}

/** A copy of the body with one thing in it that does not belong there: replaced, added or taken away. */
export function spoiled(body: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(body ?? {})
  const places: [Record<string, unknown>, string][] = []
  collect(copy, places)
  const way = random.next()
  if (places.length === 0 || way < 0.15) {
    if (typeof copy === 'object' && copy !== null)
      (copy as Record<string, unknown>)[random.pick(['id', 'extra', 'tenantId', 'role'])] = random.pick(hostileValues)
    return copy
  }
  const [parent, name] = random.pick(places)
  if (way < 0.25) delete parent[name]
  else if (way < 0.6 && typeof parent[name] === 'string') parent[name] = random.pick(hostileTexts)
  else parent[name] = random.pick(hostileValues)
  return copy
}

function collect(value: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return
  for (const name of Object.keys(value)) {
    places.push([value as Record<string, unknown>, name])
    collect((value as Record<string, unknown>)[name], places)
  }
}
