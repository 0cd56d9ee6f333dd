import { canonicalAddress } from '../../identity/address.ts'
import { NewInvitation } from '../../members/invitation-routes.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { parseInput } from '../parse-input.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const [slug = '', email] = call.arguments
    const { tenant, inside } = await insideTenant(open, slug)
    const wanted = parseInput(NewInvitation, { email, role: call.options.text('role') })
    const address = canonicalAddress(wanted.email)
    if (call.options.dryRun) {
      call.out.result({ dryRun: true, invitation: wanted }, () => `Would invite ${address} into ${tenant.slug}.`)
      return undefined
    }
    const invitation = await open.services.invitations.invite(inside, { ...wanted, invitedByName: 'The platform' })
    call.out.result(
      { dryRun: false, invitation },
      () => `${address} is invited into ${tenant.slug} as ${invitation.role}, until ${invitation.expiresAt}.`,
    )
    return undefined
  })
}
