import { type EmbeddedServer, startEmbedded } from '../../database/embedded/embedded.ts'
import { migrate } from '../../database/migrate.ts'
import type { SystemDefinition } from '../../system.ts'
import { tellMigration } from '../migration-progress.ts'
import { migrationSources } from '../migration-sources.ts'
import type { DevFolder } from './dev-folder.ts'
import { ensureInstallation, type InstallationAddresses } from './installation.ts'

export interface DevDatabase extends InstallationAddresses {
  /** Tells this database from one that was made anew in its place. */
  readonly systemIdentifier: string
  readonly stop: () => Promise<void>
}

/** The embedded PostgreSQL with this release's tables in it; says what takes long. */
export async function startDatabase(
  folder: DevFolder,
  systems: readonly SystemDefinition[],
  say: (line: string) => void,
): Promise<DevDatabase> {
  const server = await startEmbedded({ dataDirectory: folder.database, onProgress: say })
  try {
    return await bringUpToDate(server, folder, systems, say)
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function bringUpToDate(
  server: EmbeddedServer,
  folder: DevFolder,
  systems: readonly SystemDefinition[],
  say: (line: string) => void,
): Promise<DevDatabase> {
  const addresses = await ensureInstallation(server, folder.passwords)
  await migrate({
    ...addresses,
    ...migrationSources(systems),
    onProgress: tellMigration(say),
  })
  return { ...addresses, systemIdentifier: server.systemIdentifier, stop: server.stop }
}
