import pg from 'pg'
import { migrate, pendingMigrations } from '../../database/migrate.ts'
import type { Call } from '../command.ts'
import { addressesOf, ownerAddress } from '../configured-database.ts'
import { tellMigration } from '../migration-progress.ts'
import { migrationSources } from '../migration-sources.ts'
import { loadProject } from '../project.ts'

export async function run(call: Call): Promise<undefined> {
  const project = await loadProject(call.options.config)
  const addresses = await addressesOf(call, project.root)
  const adminUrl = ownerAddress(addresses)
  const sources = migrationSources(project.systems)
  if (call.options.dryRun) {
    const { pending, newer } = await pendingAt(adminUrl, sources)
    return call.out.result({ dryRun: true, pending, newer }, () => listing(pending, 'Up to date.')) as undefined
  }
  const { applied, newer } = await migrate({
    ...addresses,
    ...sources,
    adminUrl,
    resetPasswords: call.options.flag('resetPasswords'),
    onProgress: tellMigration(call.out.say),
  })
  call.out.result({ dryRun: false, applied, newer }, () => listing(applied, 'Up to date.'))
}

async function pendingAt(adminUrl: string, sources: ReturnType<typeof migrationSources>) {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'tenantry migrate' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await pendingMigrations(client, sources)
  } finally {
    await client.end()
  }
}

function listing(labels: readonly string[], none: string): string {
  return labels.length === 0 ? none : labels.join('\n')
}
