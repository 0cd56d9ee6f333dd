type JsonSchema = Readonly<Record<string, unknown>>

/** `name`: of the field that holds the value. @throws when the value, or one within it, is null where the schema has no null */
export type NullCheck = (value: unknown, name: string) => void

/**
 * The writer makes `""`, `0` or `{}` of a null that its schema does not have. Undefined where there is nothing to check:
 * unions choose their branch by validating it, and refuse a null themselves.
 */
export function compileNullCheck(schema: JsonSchema, definitions: Readonly<Record<string, JsonSchema>> = {}): NullCheck {
  const named = new Map<string, NullCheck>()
  return compile(schema) ?? (() => {})

  function compile(of: unknown): NullCheck | undefined {
    if (typeof of !== 'object' || of === null) return undefined
    const { $ref, type, nullable, properties, items, additionalProperties } = of as JsonSchema
    if (typeof $ref === 'string') return byReference($ref)
    if (typeof type !== 'string' || type === 'null') return undefined
    const inner =
      type === 'object'
        ? ofObject((properties ?? {}) as JsonSchema, additionalProperties)
        : type === 'array'
          ? ofArray(compile(items))
          : undefined
    if (nullable === true) return inner && ((value, name) => value !== null && inner(value, name))
    return (value, name) => {
      if (value === null) throw new Error(`The answer has null in ${name}, which its schema does not allow.`)
      inner?.(value, name)
    }
  }

  /** Compiled once, when it is first met in a value: schemas may contain themselves. */
  function byReference(reference: string): NullCheck | undefined {
    const definition = definitions[reference.replace(/^#\/definitions\//, '')]
    if (definition === undefined) return undefined
    return (value, name) => {
      let check = named.get(reference)
      if (check === undefined) {
        check = compile(definition) ?? (() => {})
        named.set(reference, check)
      }
      check(value, name)
    }
  }

  function ofObject(properties: JsonSchema, rest: unknown): NullCheck | undefined {
    const checks = Object.entries(properties).flatMap(([name, each]) => {
      const check = compile(each)
      return check ? [{ name, check }] : []
    })
    const others = compile(rest)
    if (checks.length === 0 && others === undefined) return undefined
    return (value) => {
      if (typeof value !== 'object') return
      const object = value as Record<string, unknown>
      for (const { name, check } of checks) check(object[name], name)
      if (others) for (const name of Object.keys(object)) if (!(name in properties)) others(object[name], name)
    }
  }
}

function ofArray(item: NullCheck | undefined): NullCheck | undefined {
  if (item === undefined) return undefined
  return (value, name) => {
    if (!Array.isArray(value)) return
    for (const each of value) item(each, name)
  }
}
