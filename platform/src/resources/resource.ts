import type { z } from 'zod'

/**
 * A tenant-owned thing: an enrolled table and this short description give list, get, create, patch and delete
 * with permissions, quota, audit, ETag, cursor pages, OpenAPI and SDK types.
 *
 * The table has `id uuid`, `version int`, `created_at`, `updated_at` beside the fields.
 */
export interface ResourceDefinition<Fields extends z.ZodRawShape = z.ZodRawShape> {
  /** System or `platform`; leads the permission: `bms.buildings:read`, `:write`. */
  readonly system: string
  /** camelCase: `building`, `buildings`. */
  readonly singular: string
  readonly plural: string
  /** `bms.buildings`. Columns are the fields in snake_case. */
  readonly table: `${string}.${string}`
  /** Path below `/v1/`; default `<system>/<plural>`. */
  readonly path?: string
  /** What a client sends and gets, by camelCase name. An optional field may be null in the table. */
  readonly fields: Fields
  /** Fields set at creation only. */
  readonly immutable?: readonly (keyof Fields & string)[]
  /** `?buildingId=…` exact, or `min`/`max` on declared, indexed columns. */
  readonly filters?: Readonly<Partial<Record<keyof Fields & string, 'equals' | 'range'>>>
  /** Indexed columns a list may be sorted by, besides `createdAt` (default) and `id`. */
  readonly sorts?: readonly (keyof Fields & string)[]
  /** The table was enrolled with `search`: `?search=` finds rows of which every typed word is the prefix of a word. */
  readonly search?: boolean
  /** Fields that name objects of other resources of the tenant: checked, 404-alike when foreign or absent (CRM-5). */
  readonly references?: Readonly<Partial<Record<keyof Fields & string, `${string}.${string}`>>>
  /** Field that a limited actor's grants name (`id` for the granted thing itself). */
  readonly grantedBy?: string
  /** Counted quota, as enrolled. */
  readonly counts?: string
  /** Who read is in the access log: `building.read` for one, `building.list` for a page of them. */
  readonly logged?: boolean
}

export function resource<const Fields extends z.ZodRawShape>(definition: ResourceDefinition<Fields>): ResourceDefinition<Fields> {
  return definition
}
