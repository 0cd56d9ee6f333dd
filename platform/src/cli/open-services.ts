import { MemoryStore } from '../cache/memory-store.ts'
import { createDirectoryPool } from '../database/connect.ts'
import { directoryUrlOf } from '../database/role-names.ts'
import { createDirectory, type Directory } from '../directory/directory.ts'
import type { Services } from '../http/route.ts'
import { identityLanes } from '../identity/identity-lanes.ts'
import { realmsOn } from '../identity/realm-scope.ts'
import { createIsolation } from '../isolation/isolation.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { Consumers } from '../operators/consumers.ts'
import { secretBoxOf } from '../secrets/master-keys.ts'
import { Hosts } from '../server/hosts.ts'
import { createServices } from '../server/services.ts'
import { laneSettings } from '../server/settings.ts'
import { checkStart, examineDatabase } from '../server/start-checks.ts'
import type { Call } from './command.ts'
import { type Addresses, addressesOf } from './configured-database.ts'
import { loadProject, type Project } from './project.ts'

/** The services of an installation without its HTTP server: what a command works with. */
export interface OpenServices {
  readonly services: Services
  readonly scope: (options: ScopeOptions) => TenantScope
  readonly directory: Directory
  /** Where tenants and operators are reached. */
  readonly hosts: Hosts
  readonly addresses: Addresses
  readonly project: Project
}

/**
 * Opens the installation as the app and directory roles, does the work, closes it again.
 *
 * @throws StartRefused when the role in DATABASE_URL could see across tenants
 */
export async function withServices<T>(call: Call, work: (open: OpenServices) => Promise<T>): Promise<T> {
  const project = await loadProject(call.options.config)
  const addresses = await addressesOf(call, project.root)
  await checkStart(addresses)
  await using cleanUp = new AsyncDisposableStack()
  const { preparedStatements: prepared } = call.configuration
  const lanes = laneSettings(call.configuration)
  const isolation = createIsolation({ url: addresses.databaseUrl, lanes, prepared })
  cleanUp.defer(() => isolation.close())
  const url = directoryUrlOf(addresses.databaseUrl, addresses.directoryUrl)
  const { systems } = project
  const directory = await createDirectory({ pool: createDirectoryPool(url), url, prepared })
  cleanUp.defer(() => directory.close())
  const persons = identityLanes({ ...addresses, prepared })
  cleanUp.defer(() => persons.close())
  const hosts = new Hosts(call.configuration)
  if (addresses.serverAddress !== undefined) hosts.listeningOn(Number(new URL(addresses.serverAddress).port))
  const services = createServices({
    openRealm: realmsOn(persons),
    hosts,
    scope: isolation.scope,
    directory,
    consumers: new Consumers(),
    systems,
    secrets: secretBoxOf(addresses.masterKeys),
    sealsMail: addresses.masterKeys.length > 0,
    baseDomain: call.configuration.baseDomain,
    domainTargets: call.configuration.domainTargets,
    dnsServers: call.configuration.dnsServers,
    networkAttempts: call.configuration.networkAttempts,
    tenantInvitations: call.configuration.tenantInvitations,
    mail: call.configuration,
    cacheStore: new MemoryStore({ tenantBytes: call.configuration.cacheTenantBytes, bytes: call.configuration.cacheBytes }),
    metricsTenants: call.configuration.metricsTenants,
    examiner: {
      last: () => {
        throw new Error('A command examines when it is told to, and not at its start.')
      },
      examine: async () => {
        const acceptedFile = call.configuration.acceptedFindings
        return { report: await examineDatabase(addresses, { systems, acceptedFile }), at: new Date().toISOString() }
      },
    },
  })
  return await work({ services, scope: isolation.scope, directory, hosts, addresses, project })
}
