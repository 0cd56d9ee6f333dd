import type { Role } from '../../access/principal.ts'
import type { Call } from '../command.ts'
import { findMember, insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const [slug = '', wanted = ''] = call.arguments
    const role = call.options.required('role') as Role
    const { tenant, inside } = await insideTenant(open, slug)
    const before = await findMember(open, inside, wanted)
    if (call.options.dryRun) {
      call.out.result({ dryRun: true, member: before }, () => `Would make ${before.email} ${role} of ${tenant.slug}.`)
      return undefined
    }
    const member = await open.services.members.change(inside, before.id, { role }, before.version)
    call.out.result({ dryRun: false, member }, () => `${member.email} is ${member.role} of ${tenant.slug}.`)
    return undefined
  })
}
