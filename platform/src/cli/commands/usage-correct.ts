import type { Call } from '../command.ts'
import { reportUsage } from '../report-usage.ts'

export function run(call: Call): Promise<undefined> {
  return reportUsage(call, {
    key: call.options.required('key'),
    meter: call.arguments[1],
    // Told as what is taken back: a minus sign would look like the name of an option.
    quantity: -Number(call.arguments[2]),
    corrects: call.options.required('corrects'),
    description: call.options.text('description'),
  })
}
