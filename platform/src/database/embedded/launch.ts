import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { type Cluster, pathForServer } from './cluster.ts'
import { EmbeddedDatabaseError, whyItEnded } from './errors.ts'
import { findPostmaster, type Postmaster, strangerInLockFile } from './postmaster.ts'
import type { ServerUser } from './server-user.ts'
import { settings } from './settings.ts'

const LOGS_KEPT = 5

/** It holds the data, or it has just stopped and took the socket's folder away. */
const ANOTHER_AT_WORK =
  /lock file .* already exists|shared memory block .* is still in use|could not create lock file .* No such file/

export interface Launch {
  readonly cluster: Cluster
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly socketDirectory: string
  readonly startedBy: string
  readonly durable: boolean
}

/**
 * Starts a server and waits until it is ready. Undefined when another one is at work on the data: PostgreSQL's own locks
 * decide between two that start at once, and the caller then looks who won.
 */
export async function launch(wanted: Launch): Promise<Postmaster | undefined> {
  removeOldLogs(wanted.cluster)
  const logFile = join(wanted.cluster.dataDirectory, `start-${wanted.startedBy}.log`)
  const child = spawnDetached(wanted, logFile)
  let ended: string | undefined
  child.on('error', ({ message }) => (ended = message))
  child.on('exit', (code, signal) => (ended = String(code ?? signal)))
  try {
    while (ended === undefined) {
      const found = findPostmaster(wanted.cluster, wanted.user)
      if (found?.ready && found.pid === child.pid) return found
      await sleep(10)
    }
    const log = readFileSync(logFile, 'utf8')
    if (ANOTHER_AT_WORK.test(log)) return undefined
    throw new EmbeddedDatabaseError(`PostgreSQL did not start in ${wanted.cluster.folder}: ${whyItEnded(ended, log)}`)
  } finally {
    rmSync(logFile, { force: true }) // from here on the server writes its own
  }
}

/** In a session of its own: Ctrl-C in our terminal must not reach the server before we have finished with it. */
function spawnDetached({ cluster, binaries, user, ...rest }: Launch, logFile: string): ChildProcess {
  const options = Object.entries(settings({ clusterName: cluster.name, ...rest })).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const log = openSync(logFile, 'w', 0o600)
  const child = spawn(binaries.postgres, ['-D', pathForServer(cluster.folder, user), ...options], {
    cwd: cluster.folder,
    env: { LC_ALL: 'C', TZ: 'UTC', ...ignoring(strangerInLockFile(cluster, user)) },
    stdio: ['ignore', log, log],
    detached: true,
    ...user.switchTo,
  })
  closeSync(log)
  child.unref()
  return child
}

/**
 * PostgreSQL does not start while the process in a left-over lock file lives, whatever that process is. Deleting the file
 * would race with a server that is just writing it. Naming the process as an ancestor makes PostgreSQL itself pass over
 * this one number (the variable is pg_ctl's), and its lock on the shared memory still holds off a second server.
 */
function ignoring(stranger: number | undefined): NodeJS.ProcessEnv {
  return stranger === undefined ? {} : { PG_GRANDPARENT_PID: String(stranger) }
}

/** PostgreSQL rotates its logs and keeps them all; each start begins a new one. */
function removeOldLogs({ folder }: Cluster): void {
  const logs = join(folder, 'log')
  try {
    for (const old of readdirSync(logs).sort().slice(0, -LOGS_KEPT)) rmSync(join(logs, old), { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // before the first start
  }
}
