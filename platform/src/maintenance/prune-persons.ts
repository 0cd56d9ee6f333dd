import type { Client } from 'pg'

/** What is over in the schema of persons; a day is left for whoever wants to know why. */
const over = [
  `delete from identity.session where expires_at < tenantry.clock() - interval '1 day'`,
  `delete from identity.proofs where expires_at < tenantry.clock() - interval '1 day'`,
  `delete from identity.verification where expires_at < tenantry.clock() - interval '1 day'`,
  `delete from identity.attempts where since < tenantry.clock() - interval '1 day'`,
]

/** Realm by realm: under FORCE the owner sees nobody without one. Answers how many rows went. */
export async function prunePersons(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: string }>('select id from tenantry.realms')
  let pruned = 0
  for (const { id } of rows) {
    await client.query('begin')
    try {
      await client.query(`select set_config('tenantry.realm', $1, true)`, [id])
      for (const statement of over) pruned += (await client.query(statement)).rowCount ?? 0
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      throw error
    }
  }
  return pruned
}
