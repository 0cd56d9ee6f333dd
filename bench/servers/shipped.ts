// The server as it is shipped: keys, tenants, rate buckets, scopes, response schemas, its log on standard output.
import { createTenantry } from 'tenantry'
import { buildings, sensors } from '../../systems/bms/src/resources.ts'
import { bms } from '../../systems/bms/src/system.ts'
import { serveFor } from './serve.ts'

interface Settings {
  readonly address: string
  readonly tenantRate?: number
  readonly masterKeys?: readonly string[]
  /** Who reads a building is written in the access log. */
  readonly logged?: boolean
}

// Pages show the resource as it is without its log.
const logging = { ...bms, resources: [{ ...buildings, logged: true }, sensors], views: [] }

serveFor(async ({ address, tenantRate, masterKeys, logged }: Settings) => {
  const tenantry = await createTenantry({
    databaseUrl: address,
    systems: [logged === true ? logging : bms],
    configuration: {
      // One key stands for all programs of a tenant here.
      keyRate: 36_000_000,
      ...(tenantRate === undefined ? {} : { tenantRate }),
      ...(masterKeys === undefined ? {} : { masterKeys }),
    },
  })
  const { port } = await tenantry.listen({ host: '127.0.0.1', port: 0 })
  return { port, close: () => tenantry.close() }
})
