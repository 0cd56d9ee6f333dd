import type { Role } from '../../access/principal.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { readLimit } from '../read-limit.ts'

export function run(call: Call): Promise<undefined> {
  const limit = readLimit(call.options.text('limit'))
  return withServices(call, async (open) => {
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const filter = { role: call.options.text('role') as Role | undefined, search: call.options.text('search') }
    const found = await open.services.members.list(inside, filter, { limit: limit + 1 })
    const items = found.slice(0, limit)
    call.out.result({ items, more: found.length > limit }, () =>
      table(
        ['ADDRESS', 'NAME', 'ROLE', 'REACH', 'LAST ACTIVE', 'ID'],
        items.map((each) => [
          each.email,
          each.name,
          each.customRoleId === null ? each.role : 'its own',
          each.reach,
          each.lastActiveAt ?? 'never',
          each.id,
        ]),
      ),
    )
    if (found.length > limit) call.out.say('There are more: --limit, --role or --search')
    return undefined
  })
}
