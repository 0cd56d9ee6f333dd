import { randomBytes } from 'node:crypto'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { Place, SecretBox } from './secret-box.ts'

export interface DataKeyRow {
  readonly id: string
  readonly sealed: Buffer
}

const purpose = 'data-key'
const findRow = sql<DataKeyRow>`select id, sealed from tenantry.data_keys`

/** Undefined where the tenant has none: nothing was ever sealed, or all of it was shredded. */
export async function findDataKey(scope: TenantScope, box: SecretBox): Promise<Buffer | undefined> {
  const row = await scope.first(findRow)
  return row && box.open(purpose, placeOf(scope, row.id), row.sealed)
}

/** The tenant's key, made by whoever is first. It is kept nowhere else: who shreds it has shredded it. */
export async function dataKey(scope: TenantScope, box: SecretBox): Promise<Buffer> {
  const known = await findDataKey(scope, box)
  if (known !== undefined) return known
  const row = await scope.first(sql<{ id: string }>`select tenantry.uuid7() as id`)
  const id = row?.id ?? ''
  const sealed = box.seal(purpose, placeOf(scope, id), randomBytes(32))
  await scope.run(sql`insert into tenantry.data_keys (id, sealed, master_version)
    values (${id}::uuid, ${sealed}::bytea, ${sealed[0]}::smallint) on conflict (tenant_id, single) do nothing`)
  const made = await findDataKey(scope, box)
  if (made === undefined) throw new Error('The key of a tenant went at the moment it was made.')
  return made
}

/** Seals the tenant's key with the newest master key. Answers whether it had been sealed with an older one. */
export async function rewrapDataKey(scope: TenantScope, box: SecretBox): Promise<boolean> {
  const row = await scope.first(findRow)
  if (row === undefined) return false
  const sealed = box.rewrap(purpose, placeOf(scope, row.id), row.sealed)
  if (sealed === undefined) return false
  // The same key in another wrapping: whoever was faster did the same.
  await scope.run(
    sql`update tenantry.data_keys set sealed = ${sealed}::bytea, master_version = ${sealed[0]}::smallint where id = ${row.id}::uuid`,
  )
  return true
}

function placeOf(scope: TenantScope, id: string): Place {
  return [scope.context.tenantId, 'tenantry.data_keys', 'sealed', id]
}
