import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { keyIdOf } from '../proof/statements.ts'

/** What signs the seals of this installation. */
export interface AuditSigner {
  readonly installation: string
  readonly keyId: string
  readonly privateKey: KeyObject
}

export interface PublishedAuditKeys {
  readonly installation: string
  readonly keys: readonly PublishedKey[]
}

export interface PublishedKey {
  readonly id: string
  readonly algorithm: 'Ed25519'
  /** 32 bytes in base64. */
  readonly publicKey: string
  readonly createdAt: string
}

const purpose = 'audit-key'
const newest = 'select id, sealed from tenantry.audit_keys order by created_at desc, id limit 1'

/**
 * The newest key, or a first one. `pool`: of the directory role. Two nodes that start at once may make one each: both are
 * published, and what either signed holds.
 *
 * @throws not_configured without a master key
 */
export async function auditSigner(pool: Pool, box: SecretBox): Promise<AuditSigner> {
  const { rows: installations } = await pool.query<{ id: string }>('select id from tenantry.installation')
  const installation = installations[0]?.id ?? ''
  let { rows } = await pool.query<{ id: string; sealed: Buffer }>(newest)
  if (rows.length === 0) {
    await makeKey(pool, box)
    rows = (await pool.query<{ id: string; sealed: Buffer }>(newest)).rows
  }
  const key = rows[0]
  if (key === undefined) throw new Error('The key of the audit is not there though it was just made.')
  const der = box.open(purpose, [key.id], key.sealed)
  return { installation, keyId: key.id, privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) }
}

/** A new key that signs from now on; the ones before stay published. Answers its id. Running servers take it within a minute. */
export async function makeKey(pool: Pool, box: SecretBox): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const id = keyIdOf(bytes)
  const sealed = box.seal(purpose, [id], privateKey.export({ format: 'der', type: 'pkcs8' }))
  await pool.query('insert into tenantry.audit_keys (id, public_key, sealed) values ($1, $2, $3)', [id, bytes, sealed])
  return id
}

/** Seals the private keys with the newest master key, so that the older one may go. Answers how many were not. */
export async function rewrapAuditKeys(pool: Pool, box: SecretBox): Promise<number> {
  const { rows } = await pool.query<{ id: string; sealed: Buffer }>('select id, sealed from tenantry.audit_keys')
  let changed = 0
  for (const { id, sealed } of rows) {
    const anew = box.rewrap(purpose, [id], sealed)
    if (anew === undefined) continue
    await pool.query('update tenantry.audit_keys set sealed = $2 where id = $1', [id, anew])
    changed++
  }
  return changed
}

/** For `/.well-known/audit-keys.json`. */
export async function publishedAuditKeys(pool: Pool): Promise<PublishedAuditKeys> {
  const { rows } = await pool.query<{ installation: string; id: string | null; key: string; at: string }>(
    `select i.id as installation, k.id, encode(k.public_key, 'base64') as key,
            to_char(k.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
       from tenantry.installation i left join tenantry.audit_keys k on true order by k.created_at desc, k.id`,
  )
  return {
    installation: rows[0]?.installation ?? '',
    keys: rows.flatMap(({ id, key, at }) => (id === null ? [] : [{ id, algorithm: 'Ed25519', publicKey: key, createdAt: at }])),
  }
}
