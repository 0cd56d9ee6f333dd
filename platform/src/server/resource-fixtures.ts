import { z } from 'zod'
import type { Ask, Fixture, Ground } from '../isolation/attack/fixture.ts'
import type { AnyResource } from '../resources/columns.ts'
import { core, typeName } from '../resources/fields.ts'
import type { SystemDefinition } from '../system.ts'

/** The attack's fixtures for the five routes of every declared resource, made from the declaration itself. */
export function resourceFixtures(system: SystemDefinition): Record<string, Fixture> {
  const resources = system.resources ?? []
  return Object.fromEntries(resources.flatMap((resource) => Object.entries(fixturesOf(resource, resources))))
}

/** Makes an object that a limited key can be granted; undefined where the system has no such resource. */
export function grantableOf(system: SystemDefinition): (ground: Ground) => Promise<string | undefined> {
  const resources = system.resources ?? []
  const granted = resources.find(({ grantedBy }) => grantedBy === 'id')
  return async (ground) => (granted === undefined ? undefined : (await make(ground, granted, resources)).id)
}

function fixturesOf(resource: AnyResource, all: readonly AnyResource[]): Record<string, Fixture> {
  const collection = collectionOf(resource)
  const named = async (ground: Ground): Promise<Ask & { readonly etag: string }> => {
    const { id, grants, etag } = await make(ground, resource, all)
    return { params: { id }, look: { path: `${collection}/${id}` }, etag, ...(grants === undefined ? {} : { grants }) }
  }
  return {
    [`list${typeName(resource, '', resource.plural)}`]: async (ground) => {
      const { grants } = await named(ground)
      return grants === undefined ? {} : { grants }
    },
    [`create${typeName(resource)}`]: async (ground) => {
      const { values, grants } = await draft(ground, resource, all)
      const isGranted = resource.grantedBy === 'id'
      return { body: values, ...(grants === undefined ? {} : { grants }), ...(isGranted ? { limited: 'refused' as const } : {}) }
    },
    [`read${typeName(resource)}`]: async (ground) => askOf(await named(ground)),
    [`change${typeName(resource)}`]: async (ground) => {
      const { etag, ...ask } = await named(ground)
      return { ...ask, body: changeOf(ground, resource), headers: { 'if-match': etag } }
    },
    [`delete${typeName(resource)}`]: async (ground) => askOf(await named(ground)),
  }
}

function askOf({ etag: _, ...ask }: Ask & { readonly etag: string }): Ask {
  return ask
}

function collectionOf(resource: AnyResource): string {
  return `/v1/${resource.path ?? `${resource.system}/${resource.plural}`}`
}

interface Draft {
  readonly values: Readonly<Record<string, unknown>>
  /** Ids that a limited key needs for it, less the object's own. */
  readonly grants: readonly string[] | undefined
}

async function make(ground: Ground, resource: AnyResource, all: readonly AnyResource[]) {
  const { values, grants } = await draft(ground, resource, all)
  const { body, headers } = await ground.send({ method: 'POST', path: collectionOf(resource), body: values })
  const id = body.id as string
  return { id, etag: headers.etag ?? '', grants: resource.grantedBy === 'id' ? [id] : grants }
}

async function draft(ground: Ground, resource: AnyResource, all: readonly AnyResource[]): Promise<Draft> {
  const values: Record<string, unknown> = {}
  for (const [field, table] of Object.entries(resource.references ?? {})) {
    const parent = all.find((candidate) => candidate.table === table)
    if (parent === undefined) throw new Error(`${resource.plural}.${field} refers to ${table}, which no resource declares.`)
    values[field] = (await make(ground, parent, all)).id
  }
  for (const [field, schema] of Object.entries(resource.fields as Record<string, z.ZodType>)) {
    if (values[field] !== undefined) continue
    const value = valueFor(ground, schema)
    if (value !== undefined) values[field] = value
    else if (!schema.safeParse(undefined).success) {
      throw new Error(`No value fits ${resource.plural}.${field}: give a fixture for the routes of ${resource.plural}.`)
    }
  }
  const by = resource.grantedBy
  return { values, grants: by === undefined || by === 'id' ? undefined : [values[by] as string] }
}

/** Something else for the first field that may change and holds a text; else any that may change. */
function changeOf(ground: Ground, resource: AnyResource): Record<string, unknown> {
  const open = Object.entries(resource.fields as Record<string, z.ZodType>).filter(
    ([field]) => !resource.immutable?.includes(field) && resource.references?.[field] === undefined,
  )
  const candidates = open.map(([field, schema]): [string, unknown] => [field, valueFor(ground, schema)])
  const found = candidates.find(([, value]) => typeof value === 'string') ?? candidates.find(([, value]) => value !== undefined)
  if (found === undefined) throw new Error(`Nothing of ${resource.plural} can be changed: give a fixture for it.`)
  return { [found[0]]: found[1] }
}

/** The first that the field takes: every text has the canary in it if it may have any text at all. */
function valueFor({ canary, number, unique }: Ground, schema: z.ZodType): unknown {
  const { inner } = core(schema)
  const [first] = inner instanceof z.ZodEnum ? inner.options : []
  const texts = [`${canary}${unique()}`, canary, `${canary}@example.com`, `https://${canary}.example`]
  const others = [first, number, 1, 0, 0.5, true, '2026-01-01T00:00:00Z', '2026-01-01', [], {}]
  const optional = schema.safeParse(undefined).success
  return (optional ? texts : [...texts, ...others]).find((value) => value !== undefined && inner.safeParse(value).success)
}
