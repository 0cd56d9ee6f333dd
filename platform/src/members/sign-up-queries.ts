import type { Pool } from 'pg'

/** What somebody asked for, until the mail is confirmed. The id becomes the tenant's: so there is one tenant at most. */
export interface SignUp {
  readonly id: string
  readonly email: string
  readonly system: string
  readonly tier: string
  readonly slug: string
  readonly tenantName: string
}

/** Mails to one address in an hour. */
const mostAnHour = 5

/** Answers whether a mail is due: nothing is kept, and nobody told, once an address was written to often enough. */
export async function insertSignUp(pool: Pool, hash: Uint8Array, asked: Omit<SignUp, 'id'>): Promise<boolean> {
  await pool.query(`delete from tenantry.sign_ups where expires_at < tenantry.clock() - interval '1 day'`)
  const { rowCount } = await pool.query(
    `insert into tenantry.sign_ups (hash, email, system, tier, slug, tenant_name, expires_at)
     select $1, $2::text, $3::text, $4::text, $5::text, $6::text, tenantry.clock() + interval '1 day'
      where (select count(*) from tenantry.sign_ups where email = $2 and created_at > tenantry.clock() - interval '1 hour') < ${mostAnHour}`,
    [hash, asked.email, asked.system, asked.tier, asked.slug, asked.tenantName],
  )
  return rowCount === 1
}

export async function findSignUp(pool: Pool, hash: Uint8Array): Promise<SignUp | undefined> {
  const { rows } = await pool.query<SignUp>(
    `select id, email, system, tier, slug, tenant_name as "tenantName" from tenantry.sign_ups
      where hash = $1 and used_at is null and expires_at > tenantry.clock()`,
    [hash],
  )
  return rows[0]
}

export async function markUsed(pool: Pool, id: string): Promise<void> {
  await pool.query('update tenantry.sign_ups set used_at = tenantry.clock() where id = $1', [id])
}
