import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where `tenantry dev` keeps things, below the project's root; ignored by git. */
export interface DevFolder {
  readonly database: string
  readonly passwords: string
  readonly demoKeys: string
  readonly running: string
  /** The last mail to each address. */
  readonly outbox: string
}

export function devFolder(root: string): DevFolder {
  const folder = join(root, '.tenantry')
  return {
    database: join(folder, 'postgres'),
    passwords: join(folder, 'passwords.json'),
    demoKeys: join(folder, 'demo-keys.json'),
    running: join(folder, 'running.json'),
    outbox: join(folder, 'outbox'),
  }
}

/** Undefined when there is none. */
export function readPrivate<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch (error) {
    // Cut short by a power failure: as if it had not been written.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Whole or not at all, and for its owner's eyes only. */
export function writePrivate(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600) // one left by a killed process keeps its own mode
  renameSync(draft, file)
}
