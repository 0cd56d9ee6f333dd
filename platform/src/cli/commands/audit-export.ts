import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { findTenant } from '../find-tenant.ts'
import { newFile } from '../new-file.ts'
import { withServices } from '../open-services.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, scope, directory }) => {
    const tenant = await findTenant(directory, call.arguments[0] ?? '')
    const file = newFile('--to', call.options.required('to'))
    const lines = await services.auditProof.export(scope({ tenantId: tenant.id, actor: commandLine.actor }))
    await pipeline(lines, createWriteStream(file))
    call.out.result({ tenant: tenant.id, file }, () => `The audit of ${tenant.slug} is in ${file}.`)
    return undefined
  })
}
