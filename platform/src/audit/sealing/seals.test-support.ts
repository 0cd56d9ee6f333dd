import pg from 'pg'
import { createDirectoryPool } from '../../database/connect.ts'
import { createIsolation } from '../../isolation/isolation.ts'
import { sql } from '../../isolation/statement.ts'
import type { TenantScope } from '../../isolation/tenant-scope.ts'
import { makeMasterKey, secretBoxOf } from '../../secrets/master-keys.ts'
import { testDatabase } from '../../testing/test-database.ts'
import { exportAudit } from '../export-audit.ts'
import { type AuditKeys, readAuditKeys, type Signed } from '../proof/statements.ts'
import { verifyExport } from '../proof/verify-export.ts'
import { type AuditSigner, auditSigner, publishedAuditKeys } from './audit-keys.ts'
import { sealNext } from './seal-entries.ts'
import { checkpointsBefore, hasEntriesAfter, headOf, settledEntries } from './segment-queries.ts'

export const tenantA = '018f0000-0000-7000-8000-0000000000a1'
export const tenantB = '018f0000-0000-7000-8000-0000000000b2'

/** An installation with two tenants, and somebody who owns its database and may do there whatever he likes. */
export async function openVault() {
  const database = await testDatabase()
  const isolation = createIsolation({ url: database.appUrl, lanes: { write: { clients: 2 } } })
  const pool = createDirectoryPool(database.directoryUrl)
  const owner = new pg.Client({ connectionString: database.superuserUrl })
  await owner.connect()
  // Nothing stops him: no trigger, no policy.
  await owner.query('set session_replication_role = replica')
  const masterKey = makeMasterKey()
  const box = secretBoxOf([masterKey])
  const signer = await auditSigner(pool, box)
  const scopeOf = (tenantId: string) => isolation.scope({ tenantId, actor: { kind: 'system', id: tenantId } })

  async function provision(tenantId: string, slug: string): Promise<TenantScope> {
    const scope = scopeOf(tenantId)
    await scope.run(sql`insert into tenantry.tenants (id, slug, name, system, tier, status)
      values (${tenantId}, ${slug}, ${slug}, 'bms', 'base', 'active')`)
    return scope
  }

  return {
    database,
    pool,
    owner,
    box,
    masterKey,
    signer,
    scopeOf,
    open: isolation.scope,
    provision,
    async close() {
      await isolation.close()
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

export async function rename(scope: TenantScope, ...names: readonly string[]): Promise<void> {
  for (const name of names) await scope.run(sql`update tenantry.tenants set name = ${name}`)
}

/** One segment of all there is. A transaction of another test in the cluster may hold the snapshot back for a while. */
export async function sealAll(scope: TenantScope, signer: AuditSigner): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const last = (await settledEntries(scope, (await headOf(scope)).last, 1_000)).at(-1)
    if (last !== undefined && !(await hasEntriesAfter(scope, { xid: last.xid, id: last.id ?? '' }))) {
      await sealNext(scope, signer)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('some entries cannot be sealed')
}

/** What an outsider was given at some time. */
export async function publish(scope: TenantScope): Promise<{ items: readonly Signed[] }> {
  return { items: await checkpointsBefore(scope, undefined, 100) }
}

export async function exported(scope: TenantScope, signer: AuditSigner): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportAudit(scope, signer, 731)) lines.push(line.trimEnd())
  return lines
}

export async function publicKeys(pool: pg.Pool): Promise<AuditKeys> {
  return readAuditKeys(await publishedAuditKeys(pool))
}

/** Findings as `code segment entry`, of nothing but three files. */
export async function findingsIn(lines: readonly string[], checkpoints: unknown, keys: AuditKeys): Promise<string[]> {
  const { findings } = await verify(lines, checkpoints, keys)
  return findings.map(({ code, segment, entry }) => [code, segment, entry].filter((part) => part !== undefined).join(' '))
}

export function verify(lines: readonly string[], checkpoints: unknown, keys: AuditKeys) {
  return verifyExport({ lines: each(lines), checkpoints, keys })
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}
