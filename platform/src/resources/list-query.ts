import { z } from 'zod'
import { queryBoolean } from '../http/query-values.ts'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { type AnyResource, column } from './columns.ts'
import { core } from './fields.ts'
import type { Sort } from './list.ts'

/** The query of a resource's list, beside `limit` and `cursor`: declared filters, sorts and search, and nothing else. */
export function listQueryShape(resource: AnyResource): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {
    sort: z.enum(sortNames(resource)).optional().meta({ description: 'Field to sort by; `-` before it for descending.' }),
  }
  if (resource.search) {
    shape.search = z.string().min(1).max(200).optional().meta({
      description: 'Finds what has, for every typed word, a word that begins with it; in the order of those words.',
    })
  }
  for (const [field, kind] of Object.entries(resource.filters ?? {})) {
    const value = fromText(core(resource.fields[field]).inner)
    if (kind === 'equals') shape[field] = value.optional()
    else {
      shape[`${field}Min`] = value.optional().meta({ description: `At least, of \`${field}\`.` })
      shape[`${field}Max`] = value.optional().meta({ description: `At most, of \`${field}\`.` })
    }
  }
  return shape
}

export function filterConditions(resource: AnyResource, query: Readonly<Record<string, unknown>>): SqlFragment[] {
  const conditions: SqlFragment[] = []
  for (const [field, kind] of Object.entries(resource.filters ?? {})) {
    const name = column(field, 't')
    if (kind === 'equals') {
      if (query[field] !== undefined) conditions.push(sql`${name} = ${query[field]}`)
      continue
    }
    if (query[`${field}Min`] !== undefined) conditions.push(sql`${name} >= ${query[`${field}Min`]}`)
    if (query[`${field}Max`] !== undefined) conditions.push(sql`${name} <= ${query[`${field}Max`]}`)
  }
  return conditions
}

export function parseSort(text: string | undefined): Sort {
  if (text === undefined) return { field: 'createdAt', descending: false }
  return text.startsWith('-') ? { field: text.slice(1), descending: true } : { field: text, descending: false }
}

function sortNames(resource: AnyResource): string[] {
  for (const field of resource.sorts ?? []) {
    // A null has no place in a keyset: the page after it could not be found.
    if (core(resource.fields[field]).optional)
      throw new TypeError(`${resource.plural} cannot be sorted by ${field}: it may be null`)
  }
  return ['createdAt', 'id', ...(resource.sorts ?? [])].flatMap((field) => [field, `-${field}`])
}

/** A query carries text only: numbers and truth values are read from it, then judged by the field's own schema. */
function fromText(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodNumber)
    return z
      .string()
      .regex(/^-?\d+(\.\d+)?$/, 'Must be a number.')
      .transform(Number)
      .pipe(schema)
  if (schema instanceof z.ZodBoolean) return queryBoolean()
  return schema
}
