import { healthStates } from '../../tenant-health/health.ts'
import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { readLimit } from '../read-limit.ts'

export function run(call: Call): Promise<undefined> {
  const limit = readLimit(call.options.text('limit'))
  return withServices(call, async ({ services }) => {
    const { options } = call
    const state = healthStates.find((each) => each === options.text('state'))
    // One more than is shown tells whether there are more.
    const found = await services.tenantHealth.list({ state, system: options.text('system') }, undefined, limit + 1)
    const items = found.slice(0, limit)
    call.out.result({ items, more: found.length > limit }, () =>
      table(
        ['SLUG', 'SYSTEM', 'HEALTH', 'SINCE', 'BECAUSE'],
        items.map(({ slug, system, state: health, since, codes }) => [slug, system, health, since, codes.join(', ')]),
      ),
    )
    if (found.length > limit) call.out.say('There are more: a larger --limit, or --state and --system, show them.')
    return undefined
  })
}
