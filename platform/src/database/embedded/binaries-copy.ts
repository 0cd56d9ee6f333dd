import { chmodSync, copyFileSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { BinariesPackage } from './binaries.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { linkLibraries } from './libraries.ts'
import { runtimeFolder } from './private-folder.ts'
import { ourselves, type ServerUser } from './server-user.ts'

/**
 * A copy of the programs outside a checkout that the server's user cannot enter, or that cannot be written to.
 * One per version and maker. It belongs to us and not to the server: a database must not change its own programs.
 */
export function copyBinaries(from: BinariesPackage, user: ServerUser, onProgress: (line: string) => void): string {
  const copy = runtimeFolder(`tenantry-pg-${from.version}-${ourselves().uid}`, user)
  refuseForeign(copy)
  const files = filesOf(from.folder)
  if (isComplete(files, from.folder, copy)) return copy

  onProgress(`Copying the programs of PostgreSQL to ${copy}`)
  const fresh = mkdtempSync(`${copy}.`)
  try {
    copyTree(from.folder, fresh)
    linkLibraries(fresh)
    if (!isComplete(files, from.folder, copy)) replace(copy, fresh)
    return copy
  } catch (cause) {
    throw new EmbeddedDatabaseError(`PostgreSQL could not be copied to ${copy}: ${(cause as Error).message}`, { cause })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** Compared file by file, because cleaners of /tmp take away single files that were not used for days. */
function isComplete(files: string[], from: string, copy: string): boolean {
  return files.every((file) => {
    const found = lstatSync(join(copy, file), { throwIfNoEntry: false })
    return found?.isFile() === true && found.size === lstatSync(join(from, file)).size
  })
}

/** Readable for everybody, whatever the umask of the checkout was. */
function copyTree(from: string, to: string): void {
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      mkdirSync(copy)
      copyTree(source, copy)
    } else if (entry.isFile()) {
      copyFileSync(source, copy)
      chmodSync(copy, lstatSync(source).mode & 0o100 ? 0o755 : 0o644)
    }
  }
}

/** Two processes may do this at once: the one that finds the place taken keeps what is there. */
function replace(old: string, fresh: string): void {
  const aside = `${fresh}.old`
  if (lstatSync(old, { throwIfNoEntry: false })) renameSync(old, aside)
  try {
    renameSync(fresh, old)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
  }
  rmSync(aside, { recursive: true, force: true })
}

function refuseForeign(copy: string): void {
  const found = lstatSync(copy, { throwIfNoEntry: false })
  if (!found) return
  if (found.isDirectory() && found.uid === ourselves().uid && (found.mode & 0o022) === 0) return
  throw new EmbeddedDatabaseError(`${copy} was made by somebody else. Please remove it, and ask who made it.`)
}
