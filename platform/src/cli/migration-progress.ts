import type { MigrationProgress } from '../database/migrate.ts'

/** One line per step, and nothing when there is nothing to do. */
export function tellMigration(say: (line: string) => void): (progress: MigrationProgress) => void {
  return (progress) => {
    if (progress.kind === 'waiting') say('Waiting for another process that is migrating.')
    if (progress.kind === 'started') say(`Migrating ${progress.position}/${progress.total}: ${progress.label}`)
    if (progress.kind === 'retry') say(`${progress.label} waits for a lock (attempt ${progress.attempt}).`)
  }
}
