import type { MigrationSource } from '../database/migration-files.ts'
import type { SystemDefinition } from '../system.ts'

/** What this release's systems bring into a database, beside the platform's own. */
export function migrationSources(systems: readonly SystemDefinition[]): { readonly systems: readonly MigrationSource[] } {
  return { systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })) }
}
