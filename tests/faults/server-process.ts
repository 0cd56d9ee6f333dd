/** A server in a process of its own: told what to do by its parent's first message, ended by SIGTERM or with its parent. */

import { bms } from '@tenantry/bms'
import { type Configuration, createTenantry } from 'tenantry'

export interface ServerSetup {
  readonly databaseUrl: string
  readonly directoryUrl?: string
  readonly adminUrl?: string
  readonly migrate?: boolean
  readonly configuration?: Partial<Configuration>
}

process.once('message', (setup: ServerSetup) => {
  void start(setup)
})
process.once('disconnect', () => process.exit(0))

async function start(setup: ServerSetup): Promise<void> {
  const tenantry = await createTenantry({
    ...setup,
    systems: [bms],
    configuration: { logLevel: 'warn', addressRate: 10_000, keyRate: 36_000_000, tenantRate: 10_000, ...setup.configuration },
  })
  process.once('SIGTERM', async () => {
    await tenantry.close()
    process.exit(0)
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  process.send?.({ port })
}
