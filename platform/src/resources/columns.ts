import type { z } from 'zod'
import { type SqlFragment, sql } from '../isolation/statement.ts'
import { publicFields } from './fields.ts'
import type { ResourceDefinition } from './resource.ts'

// biome-ignore lint/suspicious/noExplicitAny: fields differ by resource
export type AnyResource = ResourceDefinition<any>

/** `buildingId` -> `building_id`: fields are camelCase outside and snake_case in the table. */
export function columnName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function column(field: string, table?: string): SqlFragment {
  return table === undefined ? sql.identifier(columnName(field)) : sql.identifier(table, columnName(field))
}

/** The columns a client gets, never `*`: a column that the declaration does not name stays in the database. */
export function publicColumns(resource: AnyResource, table?: string): SqlFragment {
  return sql.join(publicFields(resource).map((field) => column(field, table)))
}

/** A row as a client gets it. */
export interface ResourceRow {
  readonly id: string
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly [field: string]: unknown
}

/** What a client sends: checked by the resource's schema, by camelCase name. */
export type ResourceValues = Readonly<Record<string, unknown>>

export type FieldSchema = z.ZodType
