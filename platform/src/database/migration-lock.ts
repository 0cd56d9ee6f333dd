import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'

/** Any constant does: advisory locks belong to one database. These are the bytes of "tenantry". */
const lockKey = '8387231245791425145'

/**
 * Holds the database's migration lock while `work` runs. The lock belongs to the session: a killed process frees it.
 * It is asked for again and again rather than waited for, because a waiting statement holds a snapshot,
 * and `create index concurrently` in the process that has the lock would wait for that snapshot for ever.
 *
 * @param onWait told once, when another process has the lock
 */
export async function withMigrationLock<T>(client: Client, onWait: () => void, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; !(await tryLock(client)); attempt++) {
    if (attempt === 0) onWait()
    await sleep(Math.min(50 * 1.5 ** attempt, 1000) * (0.5 + Math.random()))
  }
  try {
    return await work()
  } finally {
    // On a broken connection this fails as well; the lock went with the session, and the first error is the one to tell.
    await client.query('select pg_advisory_unlock($1)', [lockKey]).catch(() => undefined)
  }
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lockKey])
  return rows[0]?.locked === true
}
