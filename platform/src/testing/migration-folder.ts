import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MigrationSource } from '../database/migration-files.ts'

export interface MigrationFolder extends MigrationSource {
  /** Adds or replaces files, by name. */
  readonly write: (files: Readonly<Record<string, string>>) => void
  readonly remove: (file: string) => void
  readonly [Symbol.dispose]: () => void
}

/** A system's folder of migrations made up for a test. */
export function migrationFolder(name: string, files: Readonly<Record<string, string>>): MigrationFolder {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-migrations-'))
  const write = (added: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(added)) writeFileSync(join(folder, file), text)
  }
  write(files)
  return {
    name,
    directory: pathToFileURL(`${folder}/`),
    write,
    remove: (file) => rmSync(join(folder, file)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
