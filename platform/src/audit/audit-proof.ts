import type { Pool } from 'pg'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { usualRetention } from '../maintenance/retention.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { exportAudit } from './export-audit.ts'
import type { Signed } from './proof/statements.ts'
import { auditSigner, makeKey, type PublishedAuditKeys, publishedAuditKeys, rewrapAuditKeys } from './sealing/audit-keys.ts'
import { signedTombstones } from './sealing/sign-tombstones.ts'

/** What lets an outsider verify the audit: keys, exports, and what is left of erased tenants. */
export interface AuditProofService {
  publishedKeys(): Promise<PublishedAuditKeys>
  /**
   * Lines of JSON for `tenantry audit verify`.
   *
   * @throws not_configured without a master key
   */
  export(scope: TenantScope): Promise<AsyncIterable<string>>
  /** A new key that signs from now on. Answers its id. @throws not_configured */
  rotateKey(): Promise<string>
  /** Seals the private keys with the newest master key. Answers how many were not. */
  rewrapKeys(): Promise<number>
  /** Of tenants that were erased. */
  tombstones(): Promise<readonly Signed[]>
}

declare module '../http/route.ts' {
  interface Services {
    readonly auditProof: AuditProofService
  }
}

export interface AuditProofOptions {
  readonly directory: { readonly pool: Pool }
  readonly secrets: SecretBox
}

export function createAuditProofService({ directory: { pool }, secrets }: AuditProofOptions): AuditProofService {
  const retentionDays = usualRetention['tenantry.audit_entries'] ?? 0
  return {
    publishedKeys: () => publishedAuditKeys(pool),
    export: async (scope) => exportAudit(scope, await auditSigner(pool, secrets), retentionDays),
    rotateKey: () => makeKey(pool, secrets),
    rewrapKeys: () => rewrapAuditKeys(pool, secrets),
    tombstones: () => signedTombstones(pool),
  }
}
