import pg from 'pg'
import { pendingMigrations } from '../database/migrate.ts'
import type { SystemDefinition } from '../system.ts'
import { migrationSources } from './migration-sources.ts'
import { Refusal } from './refusal.ts'

/** A server on an older database would fail here and there; it is better not to begin. @throws Refusal */
export async function refusePending(databaseUrl: string, systems: readonly SystemDefinition[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tenantry start' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { pending } = await pendingMigrations(client, migrationSources(systems))
    if (pending.length === 0) return
    const what = pending.length === 1 ? pending[0] : `${pending.length} steps`
    throw new Refusal('not_migrated', `The database lacks ${what} of this release. Run: tenantry migrate`, {
      members: { pending },
    })
  } finally {
    await client.end()
  }
}
