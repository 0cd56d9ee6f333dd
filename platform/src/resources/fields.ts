import { z } from 'zod'
import type { AnyResource } from './columns.ts'

/** Set by the platform, on every resource; a client reads them and never sends them. */
export const managedFields = ['id', 'version', 'createdAt', 'updatedAt'] as const

export const Id = z.uuid().meta({ description: 'UUID' })

const Timestamp = z.string().meta({ description: 'RFC 3339, UTC', format: 'date-time' })

export const managedSchemas = { id: Id, version: z.int(), createdAt: Timestamp, updatedAt: Timestamp } as const

export function publicFields(resource: AnyResource): string[] {
  return [...managedFields, ...Object.keys(resource.fields)]
}

/** `BmsBuilding`, `BmsBuildingPage`: names of schemas in OpenAPI and the SDK; after a verb, of operations. */
export function typeName(resource: AnyResource, part = '', thing = resource.singular): string {
  return `${capital(resource.system)}${capital(thing)}${part}`
}

/** What a client gets: every field, an optional one as null when it is not set. */
export function itemSchema(resource: AnyResource): z.ZodType {
  const fields = Object.entries(shape(resource)).map(([name, field]) => {
    const { inner, optional } = core(field)
    return [name, optional ? inner.nullable() : inner]
  })
  return z.strictObject({ ...managedSchemas, ...Object.fromEntries(fields) }).meta({ id: typeName(resource) })
}

/** What a client sends to create: the declared fields and nothing else; an optional field may be left out or null. */
export function creationSchema(resource: AnyResource): z.ZodType {
  const fields = Object.entries(shape(resource)).map(([name, field]) => {
    const { inner, optional } = core(field)
    return [name, optional ? inner.nullable().optional() : field]
  })
  return z.strictObject(Object.fromEntries(fields)).meta({ id: typeName(resource, 'Creation') })
}

/** What a client sends to change: any of the fields that may change. A default fills a new object, never a change. */
export function changeSchema(resource: AnyResource): z.ZodType {
  const fields = Object.entries(shape(resource))
    .filter(([name]) => !resource.immutable?.includes(name))
    .map(([name, field]) => {
      const { inner, optional } = core(field)
      return [name, (optional ? inner.nullable() : inner).optional()]
    })
  return z
    .strictObject(Object.fromEntries(fields))
    .refine((change) => Object.keys(change).length > 0, { message: 'Name at least one field to change.' })
    .meta({ id: typeName(resource, 'Change') })
}

/** The field's schema less what says that it may be absent. */
export function core(field: z.ZodType): { inner: z.ZodType; optional: boolean } {
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) {
    return { inner: core(field.unwrap() as z.ZodType).inner, optional: true }
  }
  if (field instanceof z.ZodDefault) return core(field.unwrap() as z.ZodType)
  return { inner: field, optional: false }
}

function shape(resource: AnyResource): Record<string, z.ZodType> {
  return resource.fields as Record<string, z.ZodType>
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
