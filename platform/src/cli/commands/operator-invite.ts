import { z } from 'zod'
import { acceptUrl } from '../../operators/operator-invitations.ts'
import type { Call } from '../command.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'
import { secretOutput } from '../secret-output.ts'

const Input = z.strictObject({ email: z.email().max(254), name: z.string().min(1).max(200) })

/** The first operator comes like any other: whoever holds the database's address makes him a link. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, hosts }) => {
    const input = parseInput(Input, { email: call.arguments[0], name: call.options.text('name') })
    if (call.options.dryRun) {
      call.out.result({ dryRun: true, operator: input, url: null }, () => `Would invite ${input.email}.`)
      return undefined
    }
    const output = secretOutput(call.options.text('toFile'))
    const { operator, token, expiresAt } = await services.operators.invite(input)
    const url = output.deliver(acceptUrl(hosts.tenantOrigin('dashboard'), token))
    call.out.result(
      { dryRun: false, operator, url: output.file === undefined ? url : null, expiresAt, file: output.file ?? null },
      () => url,
    )
    call.out.say(`Link for ${operator.email}, once, until ${expiresAt}. It is shown this once and stored nowhere.`)
    return undefined
  })
}
