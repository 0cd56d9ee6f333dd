import { z } from 'zod'
import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'
import { secretOutput } from '../secret-output.ts'

const Input = z.strictObject({
  email: z.email().max(254),
  name: z.string().min(1).max(200),
  days: z.coerce.number().int().min(1).max(366).default(90),
})

/** An operator with a first key: without one nobody could sign in as it. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services }) => {
    const input = parseInput(Input, {
      email: call.arguments[0],
      name: call.options.text('name'),
      days: call.options.text('days'),
    })
    if (call.options.dryRun) {
      call.out.result(
        { dryRun: true, operator: { email: input.email, name: input.name }, key: null, credential: null },
        () => `Would make ${input.email}.`,
      )
      return undefined
    }
    const output = secretOutput(call.options.text('toFile'))
    const operator = await services.operators.create(input)
    const { key, credential: minted } = await services.operators.createKey(operator.id, input.days)
    const credential = output.deliver(minted)
    call.out.result(
      { dryRun: false, operator, key, credential: output.file === undefined ? credential : null, file: output.file ?? null },
      () => credential,
    )
    call.out.say(`Key of ${operator.email}, until ${key.expiresAt}. It is shown this once and stored nowhere.`)
    return undefined
  })
}
