import { formatMoney } from '../../billing/money.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { readLimit } from '../read-limit.ts'

export function run(call: Call): Promise<undefined> {
  const limit = readLimit(call.options.text('limit'))
  return withServices(call, async (open) => {
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const found = await open.services.billing.invoices(inside, { limit: limit + 1 })
    const items = found.slice(0, limit)
    call.out.result({ items, more: found.length > limit }, () =>
      table(
        ['NUMBER', 'STATE', 'TOTAL', 'DUE', 'ID'],
        items.map(({ number, state, totalMinor, currency, dueAt, id }) => [
          number ?? 'draft',
          state,
          totalMinor === null ? '' : formatMoney(totalMinor, currency),
          dueAt,
          id,
        ]),
      ),
    )
    if (found.length > limit) call.out.say('There are more: --limit')
    return undefined
  })
}
