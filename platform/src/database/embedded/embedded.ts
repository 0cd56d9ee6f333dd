import { attachOrLaunch } from './attach-or-launch.ts'
import { type Binaries, installedPackage, prepareBinaries } from './binaries.ts'
import { clusterAt, type Installation, readInstallation } from './cluster.ts'
import { initialize, SUPERUSER } from './initialize.ts'
import { findPostmaster, type Postmaster, shutDown } from './postmaster.ts'
import { removeWhenEmpty } from './private-folder.ts'
import { adoptOrphan, isAdoptedByUs } from './responsibility.ts'
import { serverUser } from './server-user.ts'
import { PORT } from './settings.ts'

export interface EmbeddedOptions {
  /** Made when it does not exist. */
  readonly dataDirectory: string
  /** What is being done, in a sentence; nothing when there is nothing to wait for. */
  readonly onProgress?: (line: string) => void
  /** False only for tests: a power cut may then lose the whole database. */
  readonly durable?: boolean
}

export interface EmbeddedServer {
  readonly socketDirectory: string
  readonly port: number
  /** For `pg`, for psql, and for `new URL`: the socket's folder stands percent-encoded where the host would. */
  readonly superuserUrl: string
  readonly systemIdentifier: string
  /** True when the server was running already. */
  readonly attached: boolean
  /** Stops the server when it is ours to stop: we started it, or its starter was killed. Otherwise does nothing. */
  stop(): Promise<void>
}

/** A real PostgreSQL of our own, without a network and without anything installed on the machine. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { dataDirectory, onProgress = () => {}, durable = true } = options
  const cluster = clusterAt(dataDirectory)
  const user = serverUser(cluster.folder)
  const binaries = prepareBinaries(installedPackage(), user, onProgress)
  const release = releaseOf(binaries)

  let installation = readInstallation(cluster)
  if (!installation) {
    onProgress(`Making a PostgreSQL ${release} database in ${cluster.dataDirectory}`)
    installation = await initialize(cluster, binaries, user, durable)
  }
  if (!findPostmaster(cluster, user)) onProgress(`Starting PostgreSQL ${release}`)
  const { postmaster, attached } = await attachOrLaunch({ cluster, installation, binaries, user, durable })
  const adopted = attached && adoptOrphan(postmaster, cluster)
  return {
    socketDirectory: postmaster.socketDirectory,
    port: PORT,
    superuserUrl: urlOf(postmaster, installation),
    systemIdentifier: installation.systemIdentifier,
    attached,
    stop: async () => {
      if (attached && !(adopted && isAdoptedByUs(postmaster, cluster))) return
      await shutDown(postmaster)
      removeWhenEmpty(postmaster.socketDirectory)
    },
  }
}

function urlOf({ socketDirectory }: Postmaster, { superuserPassword }: Installation): string {
  return `postgres://${SUPERUSER}:${superuserPassword}@${encodeURIComponent(socketDirectory)}:${PORT}/postgres`
}

/** The package's version is PostgreSQL's own with a zero for npm: 17.10.0-beta.17. */
function releaseOf({ version }: Binaries): string {
  return version.split('.').slice(0, 2).join('.')
}
