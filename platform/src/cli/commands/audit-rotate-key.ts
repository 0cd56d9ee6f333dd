import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services }) => {
    const id = await services.auditProof.rotateKey()
    call.out.result({ id }, () => `Seals are signed with the key ${id} within a minute; the ones before stay published.`)
    return undefined
  })
}
