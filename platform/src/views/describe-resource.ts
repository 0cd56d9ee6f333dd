import { z } from 'zod'
import type { TenantPrincipal } from '../access/principal.ts'
import type { AnyResource } from '../resources/columns.ts'
import { core, managedFields, managedSchemas } from '../resources/fields.ts'
import { pathOf } from '../resources/routes-of.ts'
import type { ViewField, ViewResource } from './schemas.ts'
import type { ResourceView, SeriesView, Words } from './view.ts'

/** A resource as a page needs it: what its routes take, in a form that tables and forms are made of. */
export function describeResource(
  { resource, titles = {}, columns }: Pick<ResourceView | SeriesView, 'resource' | 'titles' | 'columns'>,
  siblings: readonly AnyResource[],
  { permissions, reach }: Pick<TenantPrincipal, 'permissions' | 'reach'>,
): ViewResource {
  const shape = resource.fields as Readonly<Record<string, z.ZodType>>
  const mayChange = permissions.has(`${resource.system}.${resource.plural}:write`)
  const fields = Object.entries(shape).map(([name, schema]) => describeField(resource, name, schema, titles[name], siblings))
  return {
    name: `${resource.system}.${resource.plural}`,
    path: pathOf(resource),
    label: labelOf(resource),
    columns: [...(columns ?? [...Object.keys(shape), 'createdAt'])],
    search: resource.search === true,
    sorts: ['createdAt', ...(resource.sorts ?? [])],
    filters: Object.entries(resource.filters ?? {}).map(([field, kind]) => ({ field, kind: kind as 'equals' | 'range' })),
    fields: [...fields, ...managedFields.map((name) => managed(name, titles[name]))],
    mayChange,
    // As `createResource` refuses it: whoever is limited to named ones cannot add to them.
    mayCreate: mayChange && !(reach === 'granted' && resource.grantedBy === 'id'),
    limit: resource.counts ?? null,
    grantable: resource.grantedBy === 'id',
  }
}

function describeField(
  resource: AnyResource,
  name: string,
  schema: z.ZodType,
  title: Words | undefined,
  siblings: readonly AnyResource[],
): ViewField {
  const { inner, optional } = core(schema)
  const named = siblings.find(({ table }) => table === resource.references?.[name])
  return {
    name,
    title: wordsOf(title ?? titleOf(name, named !== undefined)),
    schema: { ...jsonSchemaOf(inner), ...defaultOf(schema) },
    required: !optional && !(schema instanceof z.ZodDefault),
    nullable: optional,
    immutable: resource.immutable?.includes(name) === true,
    managed: false,
    references: named === undefined ? null : { path: pathOf(named), label: labelOf(named), search: named.search === true },
  }
}

function managed(name: keyof typeof managedSchemas, title: Words | undefined): ViewField {
  const words = title ?? managedTitles[name]
  const schema = jsonSchemaOf(managedSchemas[name])
  return {
    name,
    title: wordsOf(words),
    schema,
    required: false,
    nullable: false,
    immutable: true,
    managed: true,
    references: null,
  }
}

const managedTitles = {
  id: 'ID',
  version: 'Version',
  createdAt: { en: 'Created', de: 'Angelegt' },
  updatedAt: { en: 'Changed', de: 'Geändert' },
} satisfies Record<string, Words>

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>
  return json
}

function defaultOf(schema: z.ZodType): { default?: unknown } {
  return schema instanceof z.ZodDefault ? { default: schema.parse(undefined) } : {}
}

/** By its name, where it has one; else by its first text. */
export function labelOf({ fields }: AnyResource): string {
  if ('name' in fields) return 'name'
  if ('title' in fields) return 'title'
  return Object.keys(fields).find((name) => core(fields[name]).inner instanceof z.ZodString) ?? 'id'
}

/** `timeZone` -> "Time zone"; `buildingId` -> "Building" where it names a building. */
function titleOf(name: string, isReference: boolean): string {
  const words = (isReference ? name.replace(/Id$/, '') : name).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function wordsOf(words: Words): Record<string, string> {
  return typeof words === 'string' ? { en: words } : { ...words }
}
