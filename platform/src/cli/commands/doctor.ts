import { renderReport } from '../../isolation/doctor/render.ts'
import { examineDatabase } from '../../server/start-checks.ts'
import type { Call } from '../command.ts'
import { addressesOf } from '../configured-database.ts'
import { loadProject } from '../project.ts'
import type { ExitCode } from '../refusal.ts'

/** Exit 1 when there is a finding that nobody accepted. */
export async function run(call: Call): Promise<ExitCode> {
  const project = await loadProject(call.options.config)
  const addresses = await addressesOf(call, project.root)
  const report = await examineDatabase(addresses, {
    systems: project.systems,
    acceptedFile: call.configuration.acceptedFindings,
  })
  call.out.result(report, () => renderReport(report, { colour: process.stdout.isTTY === true }))
  return report.verdict === 'clean' ? 0 : 1
}
