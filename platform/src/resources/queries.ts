import { SqlFragment, sql } from '../isolation/statement.ts'
import { type AnyResource, column, columnName, publicColumns, type ResourceRow, type ResourceValues } from './columns.ts'
import { publicFields } from './fields.ts'

/** Each of these is one statement, so one network write: the change, its references and its event stand or fall together. */

/** The most frequent statement there is: its text is put together once for each resource. */
export function findStatement(resource: AnyResource, id: string): SqlFragment<ResourceRow> {
  let text = findTexts.get(resource)
  if (text === undefined) {
    text = sql`select ${publicColumns(resource)} from ${sql.identifier(resource.table)} where id = ${id}::uuid`.text
    findTexts.set(resource, text)
  }
  return new SqlFragment<ResourceRow>(text, [id])
}

const findTexts = new WeakMap<AnyResource, string>()

/** No row when a reference is missing: absent, another tenant's, or out of reach. */
export function createStatement(resource: AnyResource, values: ResourceValues): SqlFragment<ResourceRow> {
  const given = Object.keys(values).filter((field) => values[field] !== undefined)
  const conditions = referenceConditions(resource, values)
  const source =
    given.length === 0
      ? sql`default values`
      : sql`(${sql.join(given.map((field) => column(field)))}) select ${sql.join(given.map((field) => sql`${values[field]}`))} where ${conditions}`
  return sql<ResourceRow>`with changed as (
    insert into ${sql.identifier(resource.table)} ${source} returning ${publicColumns(resource)}
  ) ${tell(resource, 'created')}`
}

/** No row when the object or a new reference is missing, or when it is at another version than the expected one. */
export function changeStatement(
  resource: AnyResource,
  id: string,
  values: ResourceValues,
  version: number | undefined,
): SqlFragment<ResourceRow> {
  const changes = Object.keys(values)
    .filter((field) => values[field] !== undefined)
    .map((field) => sql`${column(field)} = ${values[field]}`)
  return sql<ResourceRow>`with changed as (
    update ${sql.identifier(resource.table)} set ${sql.join(changes)}, version = version + 1, updated_at = tenantry.clock()
    where id = ${id}::uuid${atVersion(version)} and ${referenceConditions(resource, values)}
    returning ${publicColumns(resource)}
  ) ${tell(resource, 'updated')}`
}

export function deleteStatement(resource: AnyResource, id: string, version: number | undefined): SqlFragment<ResourceRow> {
  return sql<ResourceRow>`with changed as (
    delete from ${sql.identifier(resource.table)} where id = ${id}::uuid${atVersion(version)} returning ${publicColumns(resource)}
  ) ${tell(resource, 'deleted')}`
}

function referenceConditions(resource: AnyResource, values: ResourceValues): SqlFragment {
  const given = Object.entries(resource.references ?? {}).filter(([field]) => typeof values[field] === 'string')
  if (given.length === 0) return sql`true`
  return sql.join(
    given.map(([field, table]) => sql`exists (select from ${sql.identifier(table as string)} where id = ${values[field]}::uuid)`),
    ' and ',
  )
}

function atVersion(version: number | undefined): SqlFragment {
  return version === undefined ? sql`` : sql` and version = ${version}::bigint`
}

/** The event is emitted by the statement that made it true, and shows what a client would see. */
function tell(resource: AnyResource, happened: string): SqlFragment {
  const type = `${resource.system}.${columnName(resource.singular)}.${happened}`
  const members = publicFields(resource).map((field) => sql`${field}::text, ${column(field, 'changed')}`)
  return sql`select changed.*, tenantry.emit(${type}, changed.id, jsonb_build_object(${sql.join(members)})) as told from changed`
}
