import { z } from 'zod'
import type { LimitForecast } from '../../usage/forecast-limits.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { parseInput } from '../parse-input.ts'

const Input = z.strictObject({ meter: z.string().optional(), from: z.iso.date().optional(), to: z.iso.date().optional() })

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const { meter, ...span } = parseInput(Input, {
      meter: call.options.text('meter'),
      from: call.options.text('from'),
      to: call.options.text('to'),
    })
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const days = await open.services.usage.daily(inside, span, meter)
    const limits = await open.services.usage.forecast(inside)
    const forecast = limits.filter(({ limit }) => meter === undefined || limit === meter)
    call.out.result({ days, forecast }, () =>
      [
        table(
          ['DAY', 'METER', 'USED'],
          days.map((each) => [each.day, each.meter, String(each.quantity)]),
        ),
        table(['LIMIT', 'USED', 'MAX', 'REACHED'], forecast.map(lineOf)),
      ].join('\n\n'),
    )
    return undefined
  })
}

function lineOf({ limit, used, max, runsOutAt, because }: LimitForecast): string[] {
  return [limit, String(used), max === null ? 'unlimited' : String(max), runsOutAt ?? (because ?? '').replaceAll('_', ' ')]
}
