import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { Pool, PoolClient } from 'pg'
import type { SecretBox } from '../secrets/secret-box.ts'

/** Of the installation, held while somebody makes a key: whoever comes second finds one. */
const lock = `select pg_advisory_xact_lock(hashtextextended('tenantry signing keys', 7461))`

/** The first key, unless somebody was faster. */
export function makeFirstKey(pool: Pool, secrets: SecretBox): Promise<void> {
  return locked(pool, async (client) => {
    const { rowCount } = await client.query('select from tenantry.signing_keys where retired_at is null limit 1')
    if (rowCount === 0) await insertKey(client, secrets)
  })
}

/** A new key in the place of those that sign now. Those whose last token was over a day ago go. Answers the new one's id. */
export function replaceKey(pool: Pool, secrets: SecretBox, dropOld: boolean): Promise<string> {
  return locked(pool, async (client) => {
    if (dropOld) await client.query('delete from tenantry.signing_keys')
    await client.query('update tenantry.signing_keys set retired_at = tenantry.clock() where retired_at is null')
    await client.query(`delete from tenantry.signing_keys where retired_at < tenantry.clock() - interval '1 day'`)
    return insertKey(client, secrets)
  })
}

/** Seals the private keys with the newest master key. Answers how many were not. */
export async function rewrapSigningKeys(pool: Pool, secrets: SecretBox): Promise<number> {
  const { rows } = await pool.query<{ id: string; sealed: Buffer }>('select id, sealed from tenantry.signing_keys')
  let changed = 0
  for (const { id, sealed } of rows) {
    const anew = secrets.rewrap('signing-key', placeOfKey(id), sealed)
    if (anew === undefined) continue
    await pool.query('update tenantry.signing_keys set sealed = $2 where id = $1', [id, anew])
    changed++
  }
  return changed
}

export function placeOfKey(id: string): readonly [string, string] {
  return ['tenantry.signing_keys', id]
}

async function insertKey(client: PoolClient, secrets: SecretBox): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  const id = await calculateJwkThumbprint(jwk)
  const sealed = secrets.seal('signing-key', placeOfKey(id), privateKey.export({ type: 'pkcs8', format: 'der' }))
  const published = { ...jwk, kid: id, alg: 'EdDSA', use: 'sig' }
  await client.query('insert into tenantry.signing_keys (id, public_key, sealed) values ($1, $2, $3)', [id, published, sealed])
  return id
}

async function locked<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(lock)
    const done = await work(client)
    await client.query('commit')
    client.release()
    return done
  } catch (error) {
    // With the connection its transaction ends.
    client.release(true)
    throw error
  }
}
