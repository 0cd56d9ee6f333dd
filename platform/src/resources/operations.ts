import type { TenantScope } from '../isolation/tenant-scope.ts'
import { problems } from '../problems/catalogue.ts'
import { absence, isHidden, isVisible } from './absence.ts'
import type { AnyResource, ResourceRow, ResourceValues } from './columns.ts'
import { publicFields } from './fields.ts'
import { changeStatement, createStatement, deleteStatement, findStatement } from './queries.ts'

/** Reads one object. `not_found`, or `object_not_granted` for a limited actor who was not granted it. */
export async function readResource(scope: TenantScope, resource: AnyResource, id: string): Promise<ResourceRow> {
  const row = await scope.first(findStatement(resource, id))
  if (!row) throw await absence(scope, resource.table, id, resource.singular)
  return row
}

/**
 * Creates an object, tells it to the outbox and counts it, in one network write.
 * Refuses with `quota_exceeded`, `conflict` (a unique value is taken), or `not_found`/`object_not_granted` for a reference.
 */
export async function createResource(scope: TenantScope, resource: AnyResource, values: ResourceValues): Promise<ResourceRow> {
  if (scope.context.reach === 'granted' && resource.grantedBy === 'id') {
    throw problems.forbidden(`Your access is limited to named ${resource.plural}; somebody without that limit can make new ones.`)
  }
  const row = await scope.first(createStatement(resource, values))
  if (!row) throw await missingReference(scope, resource, values)
  return visible(resource, row)
}

/** Changes the fields given. `version` is the one the caller has seen: at any other one the answer is `precondition_failed`. */
export async function changeResource(
  scope: TenantScope,
  resource: AnyResource,
  id: string,
  values: ResourceValues,
  version: number | undefined,
): Promise<ResourceRow> {
  const row = await scope.first(changeStatement(resource, id, values, version))
  if (row) return visible(resource, row)
  await refuseUnlessCurrent(scope, resource, id, version)
  throw await missingReference(scope, resource, values)
}

/** Deletes an object and what belongs to it, as its enrolment says. */
export async function deleteResource(
  scope: TenantScope,
  resource: AnyResource,
  id: string,
  version: number | undefined,
): Promise<void> {
  if (await scope.first(deleteStatement(resource, id, version))) return
  await refuseUnlessCurrent(scope, resource, id, version)
  // It was put there, or back at that version, between the two statements.
  throw problems.conflict(`The ${resource.singular} changed at this moment.`)
}

async function refuseUnlessCurrent(
  scope: TenantScope,
  resource: AnyResource,
  id: string,
  version: number | undefined,
): Promise<void> {
  const current = await readResource(scope, resource, id)
  if (version !== undefined && version !== current.version) {
    throw problems.precondition_failed(`The ${resource.singular} is at version ${current.version} now.`, {
      version: current.version,
    })
  }
}

/** Foreign, absent and out of reach are told apart only where the caller may know: by the field, never by the tenant. */
async function missingReference(scope: TenantScope, resource: AnyResource, values: ResourceValues): Promise<Error> {
  for (const [field, table] of Object.entries(resource.references ?? {})) {
    const id = values[field]
    if (typeof id !== 'string' || (await isVisible(scope, table as string, id))) continue
    return (await isHidden(scope, table as string, id))
      ? problems.object_not_granted(`What \`${field}\` names was not granted to you.`, { field, objectId: id })
      : problems.not_found(`What \`${field}\` names does not exist.`, { field })
  }
  return problems.conflict('Something it refers to changed at this moment.')
}

function visible(resource: AnyResource, row: ResourceRow): ResourceRow {
  return Object.fromEntries(publicFields(resource).map((field) => [field, row[field]])) as unknown as ResourceRow
}
