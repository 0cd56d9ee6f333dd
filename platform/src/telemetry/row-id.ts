import { createHash } from 'node:crypto'
import type { TenantScope } from '../isolation/tenant-scope.ts'

/** A name of the caller's becomes the same row id each time, within one tenant, actor and parent. */
export function rowId(scope: TenantScope, parentId: string, batch: string | undefined, index: number): string | undefined {
  if (batch === undefined) return undefined
  const { tenantId, actor } = scope.context
  const hash = createHash('sha256')
    .update(JSON.stringify([tenantId, actor.id, parentId, batch, index]))
    .digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}
