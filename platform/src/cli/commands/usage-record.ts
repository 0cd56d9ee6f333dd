import type { Call } from '../command.ts'
import { reportUsage } from '../report-usage.ts'

export function run(call: Call): Promise<undefined> {
  return reportUsage(call, {
    key: call.options.required('key'),
    meter: call.arguments[1],
    quantity: Number(call.arguments[2]),
    at: call.options.text('at'),
    description: call.options.text('description'),
  })
}
