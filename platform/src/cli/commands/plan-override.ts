import { NewOverride } from '../../plans/schemas.ts'
import type { Call } from '../command.ts'
import { expiry } from '../expiry.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'

/** What a name stands for, a feature, a limit or a value, is known: nobody has to say it. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const [slug = '', name = '', text = ''] = call.arguments
    const { tenant, inside } = await insideTenant(open, slug)
    const { plans } = open.services
    await plans.publishDeclared()
    const { kind, value: now } = await plans.explain(inside, name)
    const {
      value,
      reason,
      expiresAt = null,
    } = parseInput(NewOverride, {
      value: kind === 'value' ? text : valueFrom(text),
      reason: call.options.text('reason'),
      expiresAt: expiry(call.options.text('expires'), open.directory.clock()),
    })
    if (call.options.dryRun) {
      call.out.result(
        { dryRun: true, override: { kind, name, value, reason, expiresAt }, now },
        () => `Would set ${name} to ${text}; it is ${now}.`,
      )
      return undefined
    }
    const override = await plans.override(inside, { kind, name, value, reason, expiresAt })
    const until = override.expiresAt === null ? '' : ` until ${override.expiresAt}`
    call.out.result({ dryRun: false, override }, () => `${name} of ${tenant.slug} is ${text}${until}.`)
    return undefined
  })
}

/** `on`, `off`, `unlimited`, or a number; anything else is judged as it stands. */
function valueFrom(text: string): boolean | number | string | null {
  if (text === 'on' || text === 'off') return text === 'on'
  if (text === 'unlimited') return null
  return /^\d{1,16}$/.test(text) ? Number(text) : text
}
