import { NewUsageEvent } from '../usage/usage-event.ts'
import type { Call } from './command.ts'
import { insideTenant } from './inside-tenant.ts'
import { withServices } from './open-services.ts'
import { parseInput } from './parse-input.ts'
import { Refusal } from './refusal.ts'

/** One event of usage, judged like those of the API. @throws Refusal with the code of the verdict where it is rejected */
export function reportUsage(call: Call, input: Readonly<Record<string, unknown>>): Promise<undefined> {
  return withServices(call, async (open) => {
    const event = parseInput(NewUsageEvent, input)
    const { tenant, inside } = await insideTenant(open, call.arguments[0] ?? '')
    const what = `${event.quantity} of ${event.meter} for ${tenant.slug}`
    if (call.options.dryRun) {
      call.out.result({ dryRun: true, event }, () => `Would count ${what}.`)
      return undefined
    }
    const [verdict] = await open.services.usage.record(inside, [event])
    if (verdict?.verdict === 'rejected') throw new Refusal(verdict.code ?? 'rejected', `Rejected: ${verdict.code}.`)
    call.out.result({ dryRun: false, event, verdict: verdict?.verdict }, () =>
      verdict?.verdict === 'duplicate' ? 'It was counted before; nothing has changed.' : `Counted ${what}.`,
    )
    return undefined
  })
}
