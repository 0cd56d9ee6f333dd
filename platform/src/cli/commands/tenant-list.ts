import { tenantStatuses } from '../../directory/entries.ts'
import { afterId } from '../../tenants/tenant-list.ts'
import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { readLimit } from '../read-limit.ts'

export function run(call: Call): Promise<undefined> {
  const limit = readLimit(call.options.text('limit'))
  return withServices(call, async ({ services }) => {
    const { options } = call
    const status = tenantStatuses.find((each) => each === options.text('status'))
    const filter = { status, tier: options.text('tier'), system: options.text('system'), search: options.text('search') }
    // One more than is shown tells whether there are more.
    const found = await services.tenants.list(filter, { after: afterId(options.text('after')), limit: limit + 1 })
    const items = found.slice(0, limit).map(({ sortedBy: _, ...tenant }) => tenant)
    const next = found.length > limit ? (items.at(-1)?.id ?? null) : null
    call.out.result({ items, next }, () =>
      table(
        ['SLUG', 'NAME', 'SYSTEM', 'TIER', 'STATUS', 'ID'],
        items.map(({ slug, name, system, tier, status: state, suspension, id }) => [
          slug,
          name,
          system,
          tier,
          suspension === null ? state : `${state} (${suspension})`,
          id,
        ]),
      ),
    )
    if (next !== null) call.out.say(`There are more: --after ${next}`)
    return undefined
  })
}
