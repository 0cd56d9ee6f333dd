import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { type Cluster, type Installation, pathForServer, readInstallation, writeInstallation } from './cluster.ts'
import { EmbeddedDatabaseError, whyItEnded } from './errors.ts'
import { isAlive } from './processes.ts'
import type { ServerUser } from './server-user.ts'

export const SUPERUSER = 'postgres'
const PASSWORD_FILE = 'password'

/**
 * Makes a cluster beside its place and moves it there in one step, so that a data directory is either whole or absent:
 * a power cut leaves no half of one, and of two processes that do this at once one wins and the other takes what is there.
 */
export async function initialize(
  cluster: Cluster,
  binaries: Binaries,
  user: ServerUser,
  durable: boolean,
): Promise<Installation> {
  removeAbandoned(cluster)
  const fresh = mkdtempSync(`${freshPrefix(cluster)}${process.pid}-`)
  try {
    await fill(fresh, binaries, user, durable)
    renameSync(fresh, cluster.dataDirectory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  const made = readInstallation(cluster)
  if (made) return made
  throw new EmbeddedDatabaseError(`${cluster.dataDirectory} was removed while the database was being made.`)
}

async function fill(fresh: string, binaries: Binaries, user: ServerUser, durable: boolean): Promise<void> {
  const folder = join(fresh, 'cluster')
  const passwordFile = join(fresh, PASSWORD_FILE)
  const superuserPassword = randomBytes(24).toString('base64url')
  chmodSync(fresh, user.switchTo.uid === undefined ? 0o700 : 0o711) // root keeps it, the server only passes through
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 })
  for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid)

  await runInitdb(folder, binaries, user, durable)
  rmSync(passwordFile)
  writeFileSync(join(folder, 'pg_hba.conf'), 'local all all scram-sha-256\n') // the socket is the only way in
  writeInstallation(fresh, { superuserPassword, systemIdentifier: systemIdentifier(folder) })
}

async function runInitdb(folder: string, binaries: Binaries, user: ServerUser, durable: boolean): Promise<void> {
  const options = [
    ['-D', pathForServer(folder, user)],
    ['--username', SUPERUSER],
    ['--pwfile', join('..', PASSWORD_FILE)],
    ['--auth', 'scram-sha-256'],
    ['--encoding', 'UTF8'],
    // PostgreSQL's own C.UTF-8: the same on every machine, whatever locales it has, and its order never changes.
    ['--locale-provider', 'builtin'],
    ['--builtin-locale', 'C.UTF-8'],
    ['--locale', 'C'],
    durable ? [] : ['--no-sync'],
  ].flat()
  const child = spawn(binaries.initdb, options, {
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user.switchTo,
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text))
  const ended = await new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message))
    child.on('close', (code, signal) => resolve(String(code ?? signal)))
  })
  if (ended === '0') return
  throw new EmbeddedDatabaseError(`initdb could not make the database in ${dirname(folder)}: ${whyItEnded(ended, log)}`)
}

/** The first eight bytes of pg_control; x64 and arm64 both write the low byte first. */
function systemIdentifier(folder: string): string {
  return readFileSync(join(folder, 'global/pg_control')).readBigUInt64LE(0).toString()
}

/** What a start leaves that was killed while it made a cluster. */
function removeAbandoned(cluster: Cluster): void {
  const parent = dirname(cluster.dataDirectory)
  const prefix = basename(freshPrefix(cluster))
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    const maker = Number.parseInt(name.slice(prefix.length), 10)
    if (!isAlive(maker)) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function freshPrefix({ dataDirectory }: Cluster): string {
  return `${dataDirectory}.new-`
}
