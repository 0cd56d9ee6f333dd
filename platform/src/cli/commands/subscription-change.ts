import { PlanChoice } from '../../billing/schemas.ts'
import { chargeLines } from '../charge-lines.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'

/** With `--dry-run` it says what would be charged, and when. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const choice = parseInput(PlanChoice, { plan: call.arguments[1], interval: call.options.text('interval') })
    const { tenant, inside } = await insideTenant(open, call.arguments[0] ?? '')
    if (call.options.dryRun) {
      const { lines, effectiveAt, terms } = await open.services.billing.preview(inside, choice)
      call.out.result({ dryRun: true, effectiveAt, terms, lines }, () =>
        [`From ${effectiveAt}`, ...chargeLines({ lines, terms })].join('\n'),
      )
      return undefined
    }
    const subscription = await open.services.billing.change(inside, choice, undefined)
    const { plan, state, pending } = subscription
    call.out.result({ dryRun: false, subscription }, () =>
      pending === null
        ? `${tenant.slug} has ${plan}, ${state}.`
        : `${tenant.slug} has ${plan}, and ${pending.plan} from the next period.`,
    )
    return undefined
  })
}
