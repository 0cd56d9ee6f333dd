import { pino } from 'pino'
import { renderAttack } from '../../isolation/attack/render.ts'
import { createTenantry } from '../../server/create-tenantry.ts'
import type { Call } from '../command.ts'
import { addressesOf } from '../configured-database.ts'
import { loadProject } from '../project.ts'
import type { ExitCode } from '../refusal.ts'

/** Exit 1 unless every wall held and every cell was proved. */
export async function run(call: Call): Promise<ExitCode> {
  const { out, options, configuration } = call
  const { root, systems } = await loadProject(options.config)
  const addresses = await addressesOf(call, root)
  const logger = pino({ level: 'silent' })
  const { masterKeys } = addresses
  const tenantry = await createTenantry({ ...addresses, systems, configuration: { ...configuration, masterKeys }, logger })
  try {
    const only = options.list('only')
    const report = await tenantry.attack({ ...(only.length === 0 ? {} : { only }), onRoute: progress(out.say) })
    out.result(report, () => renderAttack(report))
    return report.verdict === 'held' ? 0 : 1
  } finally {
    await tenantry.close()
  }
}

/** A line for each tenth of the way: enough to see that it goes on, for people and logs alike. */
function progress(say: (line: string) => void) {
  return (_operation: string, done: number, of: number) => {
    if (Math.floor((done * 10) / of) > Math.floor(((done - 1) * 10) / of)) say(`${done} of ${of} routes attacked`)
  }
}
