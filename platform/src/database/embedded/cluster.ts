import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EmbeddedDatabaseError } from './errors.ts'
import { canReach, type ServerUser } from './server-user.ts'

/** What a data directory holds: PostgreSQL's own folder, and beside it what only we need to read. */
export interface Cluster {
  readonly dataDirectory: string
  /** PostgreSQL's PGDATA; belongs to the server's user. */
  readonly folder: string
  /** Stands in the server's command line, so that its process can be told from any other. */
  readonly name: string
}

/** Written once, when the cluster is made. */
export interface Installation {
  readonly superuserPassword: string
  readonly systemIdentifier: string
}

export function clusterAt(dataDirectory: string): Cluster {
  const wanted = resolve(dataDirectory)
  mkdirSync(dirname(wanted), { recursive: true })
  // The real path, because the name below must be the same whichever way the caller came.
  const real = existsSync(wanted) ? realpathSync(wanted) : join(realpathSync(dirname(wanted)), basename(wanted))
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 12)
  return { dataDirectory: real, folder: join(real, 'cluster'), name: `tenantry-${hash}` }
}

export function installationFile(dataDirectory: string): string {
  return join(dataDirectory, 'installation.json')
}

export function writeInstallation(dataDirectory: string, installation: Installation): void {
  writeFileSync(installationFile(dataDirectory), `${JSON.stringify(installation, null, 2)}\n`, { mode: 0o600 })
}

/** Undefined where nothing was made yet; somebody else's folder is refused rather than filled. */
export function readInstallation({ dataDirectory }: Cluster): Installation | undefined {
  try {
    return JSON.parse(readFileSync(installationFile(dataDirectory), 'utf8')) as Installation
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT')
      throw new EmbeddedDatabaseError(`The database in ${dataDirectory} cannot be opened by this user: ${message}`, { cause })
  }
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).length > 0)
    throw new EmbeddedDatabaseError(
      `${dataDirectory} holds something that is not a database of ours. Please name another folder.`,
    )
  return undefined
}

/**
 * How the server's user names PGDATA. Root may keep it in a folder that this user cannot enter, such as /root:
 * there the process is started inside it, and "the folder that I am in" needs no way through the folders above.
 */
export function pathForServer(folder: string, user: ServerUser): string {
  return canReach(folder, user) ? folder : '/proc/self/cwd'
}
