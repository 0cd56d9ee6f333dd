import { createOpenApi } from '../../http/openapi.ts'
import { allRoutes } from '../../server/all-routes.ts'
import type { Call } from '../command.ts'
import { loadProject } from '../project.ts'

export async function run(call: Call): Promise<undefined> {
  const { systems } = await loadProject(call.options.config)
  const tables = systems.flatMap(({ problems }) => (problems === undefined ? [] : [problems]))
  const document = createOpenApi({ routes: allRoutes(systems), problems: tables })
  call.out.result(document, () => JSON.stringify(document, null, 2))
}
