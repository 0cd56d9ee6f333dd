import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { findTenant } from '../find-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { readLimit } from '../read-limit.ts'

export function run(call: Call): Promise<undefined> {
  const limit = readLimit(call.options.text('limit'))
  return withServices(call, async ({ services, scope, directory }) => {
    const tenant = await findTenant(directory, call.arguments[0] ?? '')
    const inside = scope({ tenantId: tenant.id, actor: commandLine.actor })
    const found = await services.keys.list(inside, { after: call.options.text('after'), limit: limit + 1 })
    const items = found.slice(0, limit)
    const next = found.length > limit ? (items.at(-1)?.id ?? null) : null
    call.out.result({ items, next }, () =>
      table(
        ['ID', 'PUBLIC ID', 'NAME', 'STATE', 'LAST USED'],
        items.map((key) => [key.id, key.publicId, key.name, stateOf(key, directory.clock()), key.lastUsedAt ?? 'never']),
      ),
    )
    if (next !== null) call.out.say(`There are more: --after ${next}`)
    return undefined
  })
}

function stateOf({ revokedAt, expiresAt }: { revokedAt: string | null; expiresAt: string | null }, now: number): string {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt === null) return 'live'
  return Date.parse(expiresAt) <= now ? 'expired' : `until ${expiresAt}`
}
