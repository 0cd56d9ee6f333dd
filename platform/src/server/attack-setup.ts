import { type Logger, pino } from 'pino'
import type { Configuration } from '../configuration/configuration.ts'
import type { HttpServer } from '../http/http-server.ts'
import { attack } from '../isolation/attack/attack.ts'
import type { ApiDocument } from '../isolation/attack/document.ts'
import type { Fixtures } from '../isolation/attack/fixture.ts'
import { type AttackReport, mergeReports } from '../isolation/attack/report.ts'
import type { Side, World } from '../isolation/attack/world.ts'
import type { SystemDefinition } from '../system.ts'
import { signInOperator } from './attack-people.ts'
import { type RemovalParts, removeOperators, removePeople, removeTenants } from './attack-removal.ts'
import { attackDomain, newSlug } from './attack-tenants.ts'
import { makeWorld, type WorldParts } from './attack-world.ts'

export interface AttackSetup {
  /** Fixtures beside those that the systems bring, by operation. */
  readonly fixtures?: Fixtures
  /** These operations alone, while one works on them. Default all: anything less proves less. */
  readonly only?: readonly string[]
  /** Called after each route. */
  readonly onRoute?: (operation: string, done: number, of: number) => void
}

/** What an installation is made of, as far as the attack needs it. */
export interface Attackable extends WorldParts, RemovalParts {
  readonly systems: readonly SystemDefinition[]
  /** A server of the same installation: same routes, same rows. */
  readonly createServer: (configuration: Configuration, logger: Logger) => HttpServer
}

/** The attack asks faster than any customer may; rates are not what it is about. */
const unlimited = {
  tenantRate: 1_000_000,
  keyRate: 36_000_000,
  personRate: 1_000_000,
  addressRate: 36_000_000,
  lookUpRate: 1_000_000,
} as const

/**
 * Attacks an installation: makes two synthetic tenants and a suspended one per system, starts a server of its own on a free
 * port of this machine, attacks every route, and takes everything away again.
 */
export async function attackInstallation(installation: Attackable, setup: AttackSetup = {}): Promise<AttackReport> {
  const { configuration, systems, services } = installation
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const server = installation.createServer({ ...configuration, ...unlimited }, logger)
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => server.stop())
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  cleanUp.defer(() => removePeople(installation))
  cleanUp.defer(() => removeOperators(installation))
  const operator = await services.operators.create({ email: `${newSlug()}${attackDomain}`, name: 'Isolation attack' })
  const operatorKey = (await services.operators.createKey(operator.id, 1)).credential
  const operatorsHost = `dashboard.${configuration.baseDomain}`
  const signsIn = configuration.masterKeys.length > 0
  const signedInOperator = signsIn ? await signInOperator(installation, operatorsHost, operator) : undefined

  const reports: AttackReport[] = []
  for (const [index, system] of systems.entries()) {
    const sides: Side[] = []
    try {
      const surroundings = { log: () => lines.join(''), metrics: () => server.metrics.registry.metrics() }
      const onSide = (side: Side) => void sides.push(side)
      const { fixtures } = setup
      const world = await makeWorld(installation, {
        system,
        operator: operatorKey,
        signedInOperator,
        fixtures,
        surroundings,
        onSide,
      })
      const document = onlyThose(setup.only, documentFor(server.openapi, systems, system, index === 0))
      const { onRoute } = setup
      const attacked = { baseUrl: `http://127.0.0.1:${port}`, document, world: withFixturesOf(world, document, server.openapi) }
      reports.push(await attack({ ...attacked, ...(onRoute === undefined ? {} : { onRoute }) }))
    } finally {
      await removeTenants(installation, sides)
    }
  }
  return mergeReports(reports)
}

/** The routes that exist for a tenant of the system; the platform's own are attacked once. */
function documentFor(
  document: ApiDocument,
  systems: readonly SystemDefinition[],
  { name }: SystemDefinition,
  withPlatform: boolean,
): ApiDocument {
  const systemOf = (path: string) => systems.find((system) => path.startsWith(`/v1/${system.name}/`))?.name
  const paths = Object.entries(document.paths).filter(([path]) => {
    const owner = systemOf(path)
    return owner === name || (owner === undefined && withPlatform)
  })
  return { ...document, paths: Object.fromEntries(paths) }
}

function onlyThose(only: readonly string[] | undefined, document: ApiDocument): ApiDocument {
  if (only === undefined) return document
  const keep = ([, operation]: [string, unknown]) => only.includes((operation as { operationId: string }).operationId)
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).filter(keep)),
  ])
  return { ...document, paths: Object.fromEntries(paths) }
}

/** A fixture of a route that is gone is told by the attack. Those of routes that are left out of it are no such thing. */
function withFixturesOf(world: World, { paths }: ApiDocument, everything: ApiDocument): World {
  const operationsOf = (items: ApiDocument['paths']) =>
    new Set(
      Object.values(items).flatMap((item) => Object.values(item).map((each) => (each as { operationId: string }).operationId)),
    )
  const [tried, known] = [operationsOf(paths), operationsOf(everything.paths)]
  const kept = Object.entries(world.fixtures).filter(([operation]) => tried.has(operation) || !known.has(operation))
  return { ...world, fixtures: Object.fromEntries(kept) }
}
