import { pino } from 'pino'
import { directoryUrlOf } from '../../database/role-names.ts'
import { maintain } from '../../maintenance/maintain.ts'
import { ChangePruner } from '../../maintenance/prune.ts'
import { startMaintenance } from '../../maintenance/worker.ts'
import type { Call } from '../command.ts'
import { addressesOf, ownerAddress } from '../configured-database.ts'
import { facts } from '../output.ts'
import { loadProject } from '../project.ts'
import type { ExitCode } from '../refusal.ts'
import { endAfter, fired, stopSignal, within } from '../stop-signal.ts'

const patience = 30_000

/** For as long as it lives, or one full round with `--once`. Any number may run: one at a time works. */
export async function run(call: Call): Promise<ExitCode> {
  const project = await loadProject(call.options.config)
  const addresses = await addressesOf(call, project.root)
  const owner = {
    adminUrl: ownerAddress(addresses),
    directoryUrl: directoryUrlOf(addresses.databaseUrl, addresses.directoryUrl),
  }
  return call.options.flag('once') ? once(call, owner) : forever(call, owner)
}

interface Owner {
  readonly adminUrl: string
  readonly directoryUrl: string
}

async function once({ out }: Call, owner: Owner): Promise<ExitCode> {
  const failed: string[] = []
  const onFailure = (step: string, error: unknown) => {
    failed.push(step)
    out.say(`${step}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const report = await maintain('full', { ...owner, changes: new ChangePruner(), onFailure })
  out.result({ busy: report === undefined, failed, report: report ?? null }, () => {
    if (report === undefined) return 'Another process is at it.'
    const { partitionsMade, partitionsDropped, rowsPruned, countersMended, subscriptionsBegun, erased } = report
    return facts({
      'partitions made': partitionsMade.length,
      'partitions dropped': partitionsDropped.length,
      'rows pruned': rowsPruned,
      'counters mended': countersMended.length,
      'subscriptions begun': subscriptionsBegun,
      'tenants erased': erased.map(({ slug }) => slug).join(', ') || 0,
    })
  })
  return failed.length === 0 ? 0 : 1
}

async function forever({ configuration }: Call, owner: Owner): Promise<ExitCode> {
  const stop = stopSignal()
  const logger = pino({ level: configuration.logLevel })
  const worker = startMaintenance({ ...owner, logger })
  logger.info('maintenance runs')
  await fired(stop.signal)
  logger.info('stopping')
  endAfter(patience)
  await within(patience, worker.close())
  return 0
}
