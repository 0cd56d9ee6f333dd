import { z } from 'zod'
import { PaymentNote } from '../../billing/schemas.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'

const Input = PaymentNote.extend({ invoice: z.uuid(), outcome: z.enum(['paid', 'failed', 'void']) })

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const { invoice, outcome, reference } = parseInput(Input, {
      invoice: call.arguments[1],
      outcome: call.options.required('outcome'),
      reference: call.options.text('reference'),
    })
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const billed = await open.services.billing.invoice(inside, invoice)
    if (call.options.dryRun) {
      call.out.result(
        { dryRun: true, invoice: billed },
        () => `${billed.number ?? 'A draft'}, now ${billed.state}, would be noted as ${outcome}.`,
      )
      return undefined
    }
    const settled = await open.services.billing.settle(inside, invoice, { state: outcome, reference: reference ?? null })
    call.out.result({ dryRun: false, invoice: settled }, () => `${settled.number} is ${settled.state}.`)
    return undefined
  })
}
