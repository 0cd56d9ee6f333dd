import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { facts } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const { inside } = await insideTenant(open, call.arguments[0] ?? '')
    const subscription = await open.services.billing.read(inside)
    call.out.result({ subscription }, () => facts({ ...subscription, addOns: subscription.addOns.map(({ addOn }) => addOn) }))
    return undefined
  })
}
