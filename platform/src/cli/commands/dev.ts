import { relative } from 'node:path'
import type { Tenantry } from '../../server/create-tenantry.ts'
import type { Call } from '../command.ts'
import { type OpenDemo, openDemo } from '../dev/demo-keys-file.ts'
import { type DevFolder, devFolder } from '../dev/dev-folder.ts'
import { freePort } from '../dev/free-port.ts'
import { forgetRunning, noteRunning, runningDev } from '../dev/running-dev.ts'
import { type DevDatabase, startDatabase } from '../dev/start-database.ts'
import { startPage } from '../dev/start-page.ts'
import { welcome } from '../dev/welcome.ts'
import { type Demo, loadProject, type Project, type Simulation } from '../project.ts'
import { type ExitCode, Refusal } from '../refusal.ts'
import { endAfter, fired, stopOnAccident, stopSignal, within } from '../stop-signal.ts'

/** Everything must have ended ten seconds after Ctrl-C; each part gets its share of that. */
const patience = { all: 9_000, server: 4_000, maintenance: 2_000, leftovers: 500 } as const

/** A whole installation in one process, on a database of its own, with the demo alive in it. */
export async function run(call: Call): Promise<ExitCode> {
  const stop = stopSignal()
  const accident = stopOnAccident(stop, call.out.say)
  stop.signal.addEventListener('abort', () => {
    call.out.say('Stopping.')
    endAfter(patience.all)
  })
  const project = await loadProject(call.options.config)
  const folder = devFolder(project.root)
  refuseSecond(folder)
  warnOfIgnored(call)
  await runUntil(stop.signal, call, project, folder)
  const exitCode = accident.happened ? 1 : 0
  endAfter(patience.leftovers, exitCode) // everything that matters has ended
  return exitCode
}

async function runUntil(stop: AbortSignal, call: Call, project: Project, folder: DevFolder): Promise<void> {
  await using cleanUp = new AsyncDisposableStack()
  noteRunning(folder.running)
  cleanUp.defer(() => forgetRunning(folder.running))
  try {
    await start(call, project, folder, cleanUp, stop)
  } catch (error) {
    // Ctrl-C reaches the programs that we are waiting for as well: that they ended is what was wanted.
    if (!stop.aborted) throw error
  }
  await fired(stop)
}

async function start(call: Call, project: Project, folder: DevFolder, cleanUp: AsyncDisposableStack, stop: AbortSignal) {
  const { say } = call.out
  const { host } = call.configuration
  // Our own modules are read while PostgreSQL starts.
  const server = import('../dev/start-server.ts')
  const database = await startDatabase(folder, project.systems, say)
  cleanUp.defer(database.stop)
  if (stop.aborted) return

  const wanted = await freePort(host, call.configuration.port, call.given.has('port'))
  const page = project.demo === undefined ? undefined : startPage(call)
  const { tenantry, port, metricsPort } = await (await server).startServer(call, project.systems, database, {
    port: wanted,
    outbox: folder.outbox,
    page,
  })
  cleanUp.defer(() => within(patience.server, tenantry.close()))
  const maintenance = await (await server).startUpkeep(database)
  cleanUp.defer(() => within(patience.maintenance, maintenance.close()))
  if (stop.aborted) return

  const baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  noteRunning(folder.running, baseUrl)
  const demo = call.configuration.empty ? undefined : await open(tenantry, project.demo, database, folder, say)
  if (stop.aborted) return
  if (demo !== undefined) page?.open(demo)
  welcome(call.out, {
    address: baseUrl,
    start: demo === undefined || page === undefined ? undefined : `http://localhost:${port}/`,
    addressOf: tenantry.addressOf,
    metrics: metricsPort === undefined ? undefined : `http://${call.configuration.metricsHost}:${metricsPort}/metrics`,
    demo,
    keysFile: relative(process.cwd(), folder.demoKeys),
  })
  for (const tenant of demo?.tenants ?? []) {
    const options = { baseUrl, key: tenant.keys.simulator, tenant: tenant.slug, log: say }
    const simulation: Simulation | undefined = await project.demo?.simulate(options)
    if (simulation !== undefined) cleanUp.defer(() => within(1_000, simulation.stop()))
  }
}

/** A demo that cannot be made is no reason not to start. */
async function open(
  tenantry: Tenantry,
  demo: Demo | undefined,
  { systemIdentifier }: DevDatabase,
  { demoKeys }: DevFolder,
  say: (line: string) => void,
): Promise<OpenDemo | undefined> {
  if (demo === undefined) return undefined
  try {
    return await openDemo(tenantry, demo, systemIdentifier, demoKeys)
  } catch (error) {
    say(`The demo could not be made: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function refuseSecond({ running }: DevFolder): void {
  const other = runningDev(running)
  if (other === undefined) return
  const at = other.address === undefined ? 'and is still starting' : `at ${other.address}`
  throw new Refusal('already_running', `Tenantry already runs in this checkout ${at} (process ${other.pid}).`)
}

function warnOfIgnored({ configuration, out }: Call): void {
  const ignored = [
    configuration.databaseUrl === undefined ? [] : ['DATABASE_URL'],
    configuration.adminUrl === undefined ? [] : ['TENANTRY_ADMIN_URL'],
    configuration.directoryUrl === undefined ? [] : ['TENANTRY_DIRECTORY_URL'],
    configuration.identityUrl === undefined ? [] : ['TENANTRY_IDENTITY_URL'],
  ].flat()
  if (ignored.length === 0) return
  out.say(`!! ${ignored.join(' and ')}: set, and ignored here.`)
  out.say('!! `npm start` works on a PostgreSQL of its own. For the database that is configured: tenantry serve')
}
