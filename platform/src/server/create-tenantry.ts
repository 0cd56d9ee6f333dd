import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { RefusedReads } from '../audit/refused-reads.ts'
import { openCacheStore } from '../cache/open-cache-store.ts'
import { type Configuration, readConfiguration } from '../configuration/configuration.ts'
import { createDirectoryPool } from '../database/connect.ts'
import { migrate } from '../database/migrate.ts'
import { directoryUrlOf } from '../database/role-names.ts'
import { createDirectory, type Directory } from '../directory/directory.ts'
import { answerCertificateAsk, certificateAskPath } from '../domains/answer-certificate-ask.ts'
import { ServedHosts } from '../domains/served-hosts.ts'
import { readOutboxBacklog } from '../events/outbox-backlog.ts'
import { readinessChecks } from '../health/readiness.ts'
import { createHttpServer } from '../http/http-server.ts'
import { listenForMetrics } from '../http/metrics-listener.ts'
import { describeError } from '../http/request-log.ts'
import type { Services } from '../http/route.ts'
import { createIdempotency } from '../idempotency/idempotency.ts'
import { identityLanes } from '../identity/identity-lanes.ts'
import { realmsOn } from '../identity/realm-scope.ts'
import type { AttackReport } from '../isolation/attack/report.ts'
import type { Report } from '../isolation/doctor/report.ts'
import { createIsolation, type Isolation } from '../isolation/isolation.ts'
import type { ScopeOptions, TenantScope } from '../isolation/tenant-scope.ts'
import { markUsed } from '../keys/key-queries.ts'
import { KeyVerifier } from '../keys/key-verifier.ts'
import { LastUsed, type LastUsedOptions } from '../keys/last-used.ts'
import { Consumers } from '../operators/consumers.ts'
import { secretBoxOf } from '../secrets/master-keys.ts'
import type { SystemDefinition } from '../system.ts'
import { KeyTokenVerifier } from '../tokens/key-token-verifier.ts'
import { markActive } from '../tokens/last-active.ts'
import { createMemberRights } from '../tokens/member-rights.ts'
import { OperatorTokenVerifier } from '../tokens/operator-token.ts'
import { createSigningKeys } from '../tokens/signing-keys.ts'
import { TokenVerifier } from '../tokens/token-verifier.ts'
import { OwnUsage } from '../usage/own-usage.ts'
import { allRoutes } from './all-routes.ts'
import { type AttackSetup, attackInstallation } from './attack-setup.ts'
import { startBackground } from './background.ts'
import { Hosts } from './hosts.ts'
import { LiveStreams } from './live-streams.ts'
import { registerOperatingMetrics } from './operating-metrics.ts'
import { type DemoDoor, type DemoOptions, demoDoor } from './pages/demo-door.ts'
import { addDemoRoute } from './pages/demo-route.ts'
import { pageBrandsIn } from './pages/page-brand.ts'
import { createPages } from './pages/pages.ts'
import { createPipeline } from './pipeline.ts'
import { Rates } from './rates.ts'
import { createServerLog } from './server-log.ts'
import { createServices } from './services.ts'
import { httpSettings, laneSettings } from './settings.ts'
import { checkStart, examineDatabase, refuseLeaks } from './start-checks.ts'
import { createVerifier, type Verifier } from './verifier.ts'

export interface TenantryOptions {
  /** As the app role, `<prefix>_app`. */
  readonly databaseUrl: string
  /** As the owner: for `migrate`. */
  readonly adminUrl?: string
  /** As the directory role; default as the app's, with `<prefix>_directory`. */
  readonly directoryUrl?: string
  /** As the identity role; default as the app's, with `<prefix>_identity`. */
  readonly identityUrl?: string
  readonly systems?: readonly SystemDefinition[]
  /** Brings the database up to date first; needs `adminUrl`. Default false: `tenantry migrate` does it. */
  readonly migrate?: boolean
  /** What differs from the defaults of docs/configuration.md. */
  readonly configuration?: Partial<Configuration>
  /** People whom anybody at this machine may be by a click: `tenantry dev` alone gives them. */
  readonly demo?: DemoOptions
  /** Default: pino on standard output at the configured level. */
  readonly logger?: Logger
}

/** An installation at work: its doors to rows, its services, and its HTTP server. */
export interface Tenantry {
  /** The one door to a tenant's rows. */
  scope(options: ScopeOptions): TenantScope
  readonly directory: Directory
  readonly services: Services
  /** The HTTP server's Fastify, for what an application mounts beside the routes. */
  readonly app: FastifyInstance
  readonly configuration: Configuration
  /** Starts listening, and for `/metrics` where that is configured; port 0 takes a free one. Answers where. */
  listen(address?: { readonly host?: string; readonly port?: number }): Promise<{ readonly host: string; readonly port: number }>
  /** Where a tenant is reached from outside: `http://northwind.localhost:4400`. */
  addressOf(slug: string): string
  /** Examines the database anew; `/readyz` then tells by this report. */
  doctor(): Promise<Report>
  /** Attacks every route with synthetic tenants, on a server of its own; takes them away again. A minute or less. */
  attack(options?: AttackSetup): Promise<AttackReport>
  /** Stops accepting, lets what is in flight end, closes every connection. */
  close(): Promise<void>
}

/**
 * Starts Tenantry inside this process, with or without listening.
 *
 * @throws StartRefused when the database role sees too much or a wall between tenants is down.
 * @example
 * const tenantry = await createTenantry({ databaseUrl, systems: [bms] })
 * const open = await tenantry.scope({ tenantId, actor }).run(sql`select id from bms.buildings`)
 * await tenantry.listen({ port: 4400 })
 */
export async function createTenantry(options: TenantryOptions): Promise<Tenantry> {
  const configuration: Configuration = Object.freeze({ ...readConfiguration({}), ...options.configuration })
  // Whoever made it: drivers put values of rows into an error's other members, and a log is read by people of no tenant.
  const logger = (options.logger ?? createServerLog(configuration)).child({}, { serializers: { err: describeError } })
  const systems = options.systems ?? []
  await prepareDatabase(options, systems)
  const examination = { systems, acceptedFile: configuration.acceptedFindings }
  const examine = async () => ({ report: await examineDatabase(options, examination), at: new Date().toISOString() })
  let examined = await examine()
  refuseLeaks(examined.report)
  const examineAnew = async () => {
    examined = await examine()
    return examined
  }

  await using cleanUp = new AsyncDisposableStack()
  const consumers = new Consumers()
  const isolation = createIsolation({
    url: options.databaseUrl,
    lanes: laneSettings(configuration),
    prepared: configuration.preparedStatements,
    logger,
    onWorked: (tenantId, milliseconds) => consumers.noteDatabaseTime(tenantId, milliseconds),
    thread: true,
  })
  cleanUp.defer(() => isolation.close())
  const directory = await openDirectory(options, configuration, logger)
  cleanUp.defer(() => directory.close())

  const persons = identityLanes({
    databaseUrl: options.databaseUrl,
    identityUrl: options.identityUrl,
    prepared: configuration.preparedStatements,
    logger,
  })
  cleanUp.defer(() => persons.close())

  const atWork = (mark: LastUsedOptions['mark']) => {
    const onFailure = (error: unknown) => logger.warn({ err: error }, 'use of keys, or activity of members, not written')
    return cleanUp.adopt(new LastUsed({ scope: isolation.scope, mark, onFailure }), (each) => each.close())
  }
  const [lastUsed, lastActive] = [atWork(markUsed), atWork(markActive)]
  const ownUsage = cleanUp.adopt(
    new OwnUsage({
      scope: isolation.scope,
      onFailure: (error) => logger.warn({ err: error }, 'calls of a tenant could not be counted yet'),
    }),
    (each) => each.close(),
  )
  const hosts = new Hosts(configuration)
  const secrets = secretBoxOf(configuration.masterKeys)
  const onCacheFailure = (error: unknown) => logger.warn({ err: error }, 'the cache on Redis')
  const cacheStore = cleanUp.adopt(await openCacheStore(configuration, onCacheFailure), (store) => store.close())
  const sealsMail = configuration.masterKeys.length > 0
  const services = createServices({
    consumers,
    examiner: { last: () => examined, examine: examineAnew },
    scope: isolation.scope,
    hosts,
    directory,
    systems,
    openRealm: realmsOn(persons),
    baseDomain: configuration.baseDomain,
    domainTargets: configuration.domainTargets,
    dnsServers: configuration.dnsServers,
    networkAttempts: configuration.networkAttempts,
    tenantInvitations: configuration.tenantInvitations,
    secrets,
    sealsMail,
    onFailure: (error) => logger.warn({ err: error }, 'a mail was not sent'),
    outbound: configuration,
    mail: configuration,
    influxUrl: configuration.influxUrl,
    cacheStore,
    metricsTenants: configuration.metricsTenants,
  })
  cleanUp.defer(() => services.traffic.close())
  cleanUp.defer(() => services.suspicion.close())
  cleanUp.defer(() => services.nodes.end())
  await services.plans.publishDeclared()
  cleanUp.defer(() => services.quotas.leases.close())
  const background = await startBackground({
    ...options,
    systems,
    scope: isolation.scope,
    directory,
    services,
    logger,
    sealsMail,
  })
  cleanUp.defer(() => background.close())
  const signingKeys = createSigningKeys(directory, secrets)
  const tokenVerifier = new TokenVerifier({
    directory,
    keys: signingKeys,
    rights: createMemberRights(systems),
    isIssuer: (origin) => hosts.isIssuer(origin),
  })
  const isOperatorsHost = (origin: string) => hosts.isOperators(origin)
  const operatorTokens = new OperatorTokenVerifier({ directory, keys: signingKeys, isOperatorsHost })
  const verifier = createVerifier({
    keys: new KeyVerifier(directory),
    tokens: tokenVerifier,
    operatorTokens,
    keyTokens: new KeyTokenVerifier({ directory, keys: signingKeys, isIssuer: (origin) => hosts.isIssuer(origin) }),
  })
  const liveStreams = new LiveStreams(directory, verifier)
  cleanUp.defer(() => liveStreams.close())
  const parts: ServerParts = {
    configuration,
    logger,
    systems,
    isolation,
    directory,
    services,
    consumers,
    hosts,
    lastUsed,
    lastActive,
    verifier,
    liveStreams,
    ownUsage,
    report: () => examined.report,
  }
  const listensOn = () => {
    const bound = server.fastify.server.address()
    return typeof bound === 'object' ? bound?.address : undefined
  }
  const door = options.demo && demoDoor(options.demo, listensOn)
  const server = createServer(parts, door)
  if (door !== undefined) addDemoRoute(server.fastify, { door, hosts, directory, services })
  registerOperatingMetrics(server.metrics.registry, { isolation, directory, cache: services.cache })
  services.traffic.register(server.metrics.registry)
  cleanUp.defer(() => server.stop())
  services.nodes.begin()

  const running = cleanUp.move()
  return {
    scope: isolation.scope,
    directory,
    services,
    app: server.fastify,
    configuration,
    addressOf: (slug) => hosts.tenantOrigin(slug),
    async listen({ host = configuration.host, port = configuration.port } = {}) {
      const bound = await server.listen({ host, port })
      hosts.listeningOn(bound)
      if (configuration.metricsPort !== 0) {
        const { metricsHost, metricsPort } = configuration
        const pages = { [certificateAskPath]: answerCertificateAsk(new ServedHosts({ hosts, directory })) }
        const metrics = await listenForMetrics(server.metrics.registry, { host: metricsHost, port: metricsPort, pages })
        running.defer(() => metrics.stop())
      }
      return { host, port: bound }
    },
    doctor: async () => (await services.isolationReports.examine()).report,
    async attack(setup) {
      const attacked = await attackInstallation(
        {
          ...parts,
          scope: isolation.scope,
          adminUrl: options.adminUrl,
          createServer: (changed, log) => createServer({ ...parts, configuration: changed, logger: log }),
        },
        setup,
      )
      await services.isolationReports.keepAttack(attacked, setup?.only === undefined)
      return attacked
    },
    close: () => running.disposeAsync(),
  }
}

async function prepareDatabase(options: TenantryOptions, systems: readonly SystemDefinition[]): Promise<void> {
  if (options.migrate === true) {
    if (options.adminUrl === undefined) throw new Error("To migrate, give `adminUrl`, the owner's address.")
    await migrate({
      adminUrl: options.adminUrl,
      databaseUrl: options.databaseUrl,
      ...(options.directoryUrl === undefined ? {} : { directoryUrl: options.directoryUrl }),
      ...(options.identityUrl === undefined ? {} : { identityUrl: options.identityUrl }),
      systems: systems.map(({ name, migrations }) => ({ name, directory: migrations })),
    })
  }
  await checkStart(options)
}

function openDirectory(
  options: TenantryOptions,
  { preparedStatements: prepared }: Configuration,
  logger: Logger,
): Promise<Directory> {
  const url = directoryUrlOf(options.databaseUrl, options.directoryUrl)
  const onFailure = (error: unknown) => logger.warn({ err: error }, 'the directory could not be read')
  return createDirectory({ pool: createDirectoryPool(url, onFailure), url, prepared, onFailure })
}

interface ServerParts {
  readonly configuration: Configuration
  readonly logger: Logger
  readonly systems: readonly SystemDefinition[]
  readonly isolation: Isolation
  readonly directory: Directory
  readonly services: Services
  readonly consumers: Consumers
  readonly hosts: Hosts
  readonly lastUsed: LastUsed
  readonly lastActive: LastUsed
  readonly verifier: Verifier
  readonly liveStreams: LiveStreams
  readonly ownUsage: OwnUsage
  readonly report: () => Report
}

function createServer(parts: ServerParts, demo?: DemoDoor) {
  const { configuration, logger, systems, isolation, directory, services, hosts, verifier, liveStreams, report } = parts
  const { consumers, lastUsed, lastActive } = parts
  const outboxSeconds = async () => (await readOutboxBacklog(directory.pool)).oldestSeconds
  const rates = new Rates(configuration, isolation.scope)
  const pipeline = createPipeline({
    services,
    consumers,
    identity: services.identity,
    suspicion: services.suspicion,
    scope: isolation.scope,
    directory,
    systems,
    hosts,
    lastUsed,
    lastActive,
    verifier,
    liveStreams,
    ownUsage: parts.ownUsage,
    rates,
    idempotent: createIdempotency({ directory }),
    refusedReads: new RefusedReads({
      scope: isolation.scope,
      onFailure: (error) => logger.warn({ err: error }, 'a refused read was not logged'),
    }),
  })
  return createHttpServer({
    routes: allRoutes(systems),
    problems: systems.flatMap(({ problems }) => (problems === undefined ? [] : [problems])),
    pipeline,
    configuration: httpSettings(configuration),
    logger,
    checks: readinessChecks({ directory, report, outboxSeconds }),
    isTenantHost: (name) => hosts.isTenants(name),
    pages: createPages({
      hosts,
      directory,
      systems,
      rates,
      brandOf: pageBrandsIn(services),
      folder: configuration.consoleFolder,
      demo,
    }),
  })
}
