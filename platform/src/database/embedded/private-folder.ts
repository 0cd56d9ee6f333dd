import { lchownSync, lstatSync, mkdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedDatabaseError } from './errors.ts'
import { canReach, ourselves, type ServerUser } from './server-user.ts'

/** The room that a socket's address has: 108 bytes on Linux, 104 on macOS, one of them for the end. */
const LONGEST_SOCKET_PATH = 103

/** Where short-lived things go: the temporary folder, or /tmp where that one is too long or closed to the server. */
export function runtimeFolder(name: string, user: ServerUser): string {
  const fits = (base: string) => Buffer.byteLength(join(base, name, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH
  const base = [tmpdir(), '/tmp'].find((candidate) => fits(candidate) && canReach(candidate, user))
  if (base) return join(base, name)
  throw new EmbeddedDatabaseError(
    `The temporary folder ${tmpdir()} is too long for a socket or closed to user ${user.uid}: please point TMPDIR at a short one.`,
  )
}

/**
 * Makes the folder, or takes it as it is only when nobody else could have put it there:
 * anyone can make folders in /tmp, and names in it can be guessed.
 */
export function privateFolder(path: string, user: ServerUser): string {
  mkdirUnlessThere(path)
  // Root makes the folder as root and then gives it away; another start may see it in between.
  if (lstatSync(path).uid === 0 && ourselves().uid === 0) lchownSync(path, user.uid, user.gid)

  const found = lstatSync(path)
  const problem = !found.isDirectory()
    ? 'is not a folder'
    : found.uid !== user.uid
      ? `belongs to user ${found.uid} and not to ${user.uid}`
      : (found.mode & 0o777) !== 0o700
        ? `has the permissions ${(found.mode & 0o777).toString(8)} and not 700`
        : undefined
  if (problem) throw new EmbeddedDatabaseError(`${path} ${problem}. Please remove it, and ask who made it.`)
  return path
}

function mkdirUnlessThere(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Leaves it where somebody has put something into it again. */
export function removeWhenEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error
  }
}
