import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { findTenant } from '../find-tenant.ts'
import { withServices } from '../open-services.ts'
import { facts } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, directory }) => {
    const { id, limits } = await findTenant(directory, call.arguments[0] ?? '')
    const tenant = await services.tenants.read(id, commandLine)
    const { parentId: _, ...own } = tenant
    const parent = await services.tenants.parentOf(tenant)
    const shown = { ...own, parent: parent?.slug ?? null, limits: Object.fromEntries(limits) }
    call.out.result({ tenant: shown }, () => facts(shown))
    return undefined
  })
}
