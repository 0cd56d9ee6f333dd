import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { directoryUrlOf } from '../../database/role-names.ts'
import { createTenantry, type Tenantry } from '../../server/create-tenantry.ts'
import type { SystemDefinition } from '../../system.ts'
import type { Call } from '../command.ts'
import { freePort } from './free-port.ts'
import type { InstallationAddresses } from './installation.ts'
import type { StartPage } from './start-page.ts'

const usualPort = 4400

export interface DevServer {
  readonly tenantry: Tenantry
  readonly port: number
  readonly metricsPort: number | undefined
}

/** The server on a free port. What goes wrong is logged to the terminal; a line per request only if it is asked for. */
export async function startServer(
  call: Call,
  systems: readonly SystemDefinition[],
  { databaseUrl, adminUrl, masterKeys }: InstallationAddresses,
  { port: wanted, outbox, page }: { readonly port: number; readonly outbox: string; readonly page: StartPage | undefined },
): Promise<DevServer> {
  const { configuration, given } = call
  const level = given.has('logLevel') ? configuration.logLevel : 'warn'
  const metricsPort = await freeMetricsPort(call, wanted)
  const tenantry = await createTenantry({
    databaseUrl,
    adminUrl,
    systems,
    ...(page && { demo: page }),
    configuration: {
      ...configuration,
      logLevel: level,
      databaseUrl,
      adminUrl,
      metricsPort,
      masterKeys: given.has('masterKeys') ? configuration.masterKeys : masterKeys,
      mailUrl: configuration.mailUrl ?? pathToFileURL(outbox).href,
      // Everybody is this machine, and the demo's gauges share a key.
      addressRate: given.has('addressRate') ? configuration.addressRate : 36_000_000,
      keyRate: given.has('keyRate') ? configuration.keyRate : 36_000_000,
      // The demo's controller is on this machine, and plain.
      outboundAllowed: given.has('outboundAllowed') ? configuration.outboundAllowed : ['127.0.0.1'],
    },
    logger: pino({ level }, process.stderr),
  })
  try {
    const port = await listen(tenantry, call, wanted)
    return { tenantry, port, metricsPort: metricsPort === 0 ? undefined : metricsPort }
  } catch (error) {
    await tenantry.close()
    throw error
  }
}

/** Beside the server's own port unless it was said; 0, when that was said, is off. */
function freeMetricsPort({ configuration, given }: Call, serverPort: number): Promise<number> {
  const { metricsHost, metricsPort } = configuration
  if (given.has('metricsPort')) return freePort(metricsHost, metricsPort, true)
  return freePort(metricsHost, (serverPort || configuration.port || usualPort) + 1, false)
}

/** Between finding a free port and taking it, somebody else may be faster. */
async function listen(tenantry: Tenantry, { configuration, given }: Call, wanted: number): Promise<number> {
  const { host } = configuration
  for (let port = wanted; ; port = await freePort(host, port + 1, given.has('port'))) {
    try {
      return (await tenantry.listen({ host, port })).port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

/** The maintenance worker beside the server; not worth loading before the first answer. */
export async function startUpkeep({ databaseUrl, adminUrl }: InstallationAddresses) {
  const { startMaintenance } = await import('../../maintenance/worker.ts')
  return startMaintenance({
    adminUrl,
    directoryUrl: directoryUrlOf(databaseUrl),
    logger: pino({ level: 'warn' }, process.stderr),
  })
}
