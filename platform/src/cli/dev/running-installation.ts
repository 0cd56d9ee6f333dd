import { clusterAt, readInstallation } from '../../database/embedded/cluster.ts'
import { startEmbedded } from '../../database/embedded/embedded.ts'
import { findPostmaster } from '../../database/embedded/postmaster.ts'
import { serverUser } from '../../database/embedded/server-user.ts'
import { devFolder } from './dev-folder.ts'
import { type InstallationAddresses, knownInstallation } from './installation.ts'
import { runningDev } from './running-dev.ts'

export interface RunningInstallation extends InstallationAddresses {
  /** Once the server answers. */
  readonly serverAddress?: string
}

/** The database of the `tenantry dev` that runs in this checkout at this moment. */
export async function runningInstallation(root: string): Promise<RunningInstallation | undefined> {
  const folder = devFolder(root)
  const running = runningDev(folder.running)
  if (running === undefined) return undefined
  const cluster = clusterAt(folder.database)
  if (readInstallation(cluster) === undefined || !findPostmaster(cluster, serverUser(cluster.folder))) return undefined
  // Attaches, and is never stopped from here.
  const known = knownInstallation(await startEmbedded({ dataDirectory: folder.database }), folder.passwords)
  return known && { ...known, ...(running.address === undefined ? {} : { serverAddress: running.address }) }
}
