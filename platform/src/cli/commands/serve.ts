import { createTenantry } from '../../server/create-tenantry.ts'
import { createServerLog } from '../../server/server-log.ts'
import type { Call } from '../command.ts'
import { addressesOf } from '../configured-database.ts'
import { loadProject } from '../project.ts'
import { type ExitCode, Refusal } from '../refusal.ts'
import { refusePending } from '../refuse-pending.ts'
import { endAfter, fired, stopOnAccident, stopSignal } from '../stop-signal.ts'

/** Longer than the server lets answers in flight take to end. */
const patience = 30_000

export async function run(call: Call): Promise<ExitCode> {
  const { configuration, out } = call
  if (configuration.databaseUrl === undefined) {
    throw new Refusal('no_database', 'DATABASE_URL is not set. For a server with a PostgreSQL of its own: npm start')
  }
  const stop = stopSignal()
  const accident = stopOnAccident(stop, out.say)
  const project = await loadProject(call.options.config)
  const addresses = await addressesOf(call, project.root)
  await refusePending(addresses.databaseUrl, project.systems)
  const logger = createServerLog(configuration)
  const tenantry = await createTenantry({ ...addresses, systems: project.systems, configuration, logger })
  try {
    if (!stop.signal.aborted) {
      const { host, port } = await tenantry.listen()
      logger.info({ host, port, address: `http://${host.includes(':') ? `[${host}]` : host}:${port}` }, 'listening')
    }
    await fired(stop.signal)
    logger.info('stopping')
    endAfter(patience)
  } finally {
    await tenantry.close()
  }
  return accident.happened ? 1 : 0
}
