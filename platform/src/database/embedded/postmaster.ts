import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { factsOf } from './processes.ts'
import type { ServerUser } from './server-user.ts'

const FAST_SHUTDOWN_MS = 20_000
const SHUTDOWN_MS = 60_000

/** A live server of this cluster, as its lock file and the process itself describe it. */
export interface Postmaster {
  readonly pid: number
  readonly socketDirectory: string
  readonly ready: boolean
  readonly commandLine: string
}

/** Undefined when there is none: no lock file, or one whose process ended or is somebody else's. */
export function findPostmaster(cluster: Cluster, user: ServerUser): Postmaster | undefined {
  const lock = readLockFile(cluster)
  if (!lock) return undefined
  const found = factsOf(lock.pid)
  // Numbers are used again, after a restart of the machine or in a container: the process must say that it is ours.
  if (found?.uid !== user.uid || !found.commandLine.includes(` cluster_name=${cluster.name} `)) return undefined
  return { ...lock, commandLine: found.commandLine }
}

/** The process that a left-over lock file names. It lives, and it is not our server. */
export function strangerInLockFile(cluster: Cluster, user: ServerUser): number | undefined {
  const lock = readLockFile(cluster)
  return lock && factsOf(lock.pid) && !findPostmaster(cluster, user) ? lock.pid : undefined
}

/**
 * Asks for a fast shutdown (sessions end, everything is on the disk) and waits for it. A session that does not end, because its
 * process was stopped, is cut off after 20 s: what was committed is in the log, from which the next start recovers.
 */
export async function shutDown({ pid, commandLine }: Postmaster): Promise<void> {
  const isRunning = () => factsOf(pid)?.commandLine === commandLine
  const startedAt = Date.now()
  let asked: NodeJS.Signals | undefined
  while (isRunning()) {
    const waited = Date.now() - startedAt
    if (waited > SHUTDOWN_MS)
      throw new EmbeddedDatabaseError(`PostgreSQL (process ${pid}) is still shutting down after a minute.`)
    const ask = waited > FAST_SHUTDOWN_MS ? 'SIGQUIT' : 'SIGINT'
    if (ask !== asked) process.kill(pid, ask)
    asked = ask
    await sleep(10)
  }
}

/** postmaster.pid: process, data directory, start time, port, socket directory, address, shared memory, state. */
function readLockFile({ folder }: Cluster): Omit<Postmaster, 'commandLine'> | undefined {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), socketDirectory: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
