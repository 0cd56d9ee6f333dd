import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { findTenant } from '../find-tenant.ts'
import { withServices } from '../open-services.ts'
import { Refusal } from '../refusal.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, scope, directory }) => {
    const [slug = '', wanted = ''] = call.arguments
    const tenant = await findTenant(directory, slug)
    const { actor, origin } = commandLine
    const inside = scope({ tenantId: tenant.id, actor, ...(origin === undefined ? {} : { origin }) })
    const id = await keyId(wanted)
    if (call.options.dryRun) {
      const key = await services.keys.read(inside, id)
      call.out.result({ dryRun: true, key }, () => `Would revoke ${key.name} (${key.publicId}).`)
      return undefined
    }
    const key = await services.keys.revoke(inside, id)
    call.out.result({ dryRun: false, key }, () => `${key.name} (${key.publicId}) is revoked.`)
    return undefined

    /** By id, or by the public id that stands in the key itself; of this tenant only. */
    async function keyId(text: string): Promise<string> {
      if (/^[0-9a-f]{8}-/i.test(text)) return text
      const entry = await directory.key(text)
      if (entry?.tenantId !== tenant.id) throw new Refusal('not_found', `${tenant.slug} has no live key "${text}".`)
      return entry.id
    }
  })
}
