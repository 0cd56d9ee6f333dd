import type { Pool } from 'pg'
import { signStatement, type TombstoneStatement } from '../proof/statements.ts'
import type { AuditSigner } from './audit-keys.ts'

interface UnsignedRow {
  readonly tenantId: string
  readonly counts: Record<string, number>
  readonly audit: TombstoneStatement['head']
  readonly erasedAt: string
}

/** Who erases a tenant has no key to sign with; a server signs what he left. */
export async function signTombstones(pool: Pool, signer: AuditSigner): Promise<number> {
  const { rows } = await pool.query<UnsignedRow>({
    name: 'unsigned tombstones',
    text: `select tenant_id as "tenantId", counts, audit,
        to_char(erased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "erasedAt"
      from tenantry.tombstones where statement is null order by erased_at limit 20`,
  })
  for (const { tenantId, counts, audit, erasedAt } of rows) {
    const { statement, signature } = signStatement(
      {
        type: 'tenantry.audit.tombstone.v1',
        installation: signer.installation,
        tenant: tenantId,
        erasedAt,
        counts,
        head: audit,
        key: signer.keyId,
      },
      signer.privateKey,
    )
    await pool.query(
      `update tenantry.tombstones set statement = $2, signature = decode($3, 'base64') where tenant_id = $1 and statement is null`,
      [tenantId, statement, signature],
    )
  }
  return rows.length
}

/** Signed tombstones, for the file of checkpoints. */
export async function signedTombstones(pool: Pool): Promise<{ statement: string; signature: string }[]> {
  const { rows } = await pool.query<{ statement: string; signature: string }>(
    `select statement, translate(encode(signature, 'base64'), chr(10), '') as signature from tenantry.tombstones
      where statement is not null order by erased_at, tenant_id`,
  )
  return rows
}
