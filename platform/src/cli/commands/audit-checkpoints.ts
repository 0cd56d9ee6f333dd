import { writeFileSync } from 'node:fs'
import { checkpointsBefore } from '../../audit/sealing/segment-queries.ts'
import { afterId } from '../../tenants/tenant-list.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { newFile } from '../new-file.ts'
import { withServices } from '../open-services.ts'

/** The newest seal of every tenant, and the tombstones of those that were erased: what an installation publishes. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, scope }) => {
    const file = newFile('--to', call.options.required('to'))
    const items = [...(await services.auditProof.tombstones())]
    let after: string | undefined
    do {
      const page = await services.tenants.list({}, { after: afterId(after), limit: 100 })
      for (const { id } of page) {
        const [last] = await checkpointsBefore(scope({ tenantId: id, actor: commandLine.actor }), undefined, 1)
        if (last !== undefined) items.push({ statement: last.statement, signature: last.signature })
      }
      after = page.at(-1)?.id
    } while (after !== undefined)
    writeFileSync(file, `${JSON.stringify({ items }, null, 1)}\n`)
    call.out.result({ file, checkpoints: items.length }, () => `${items.length} checkpoints are in ${file}.`)
    return undefined
  })
}
