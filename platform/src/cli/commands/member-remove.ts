import type { KeysAfterwards } from '../../members/member.ts'
import type { Call } from '../command.ts'
import { findMember, insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const [slug = '', wanted = ''] = call.arguments
    const { tenant, inside } = await insideTenant(open, slug)
    const member = await findMember(open, inside, wanted)
    const { dryRun } = call.options
    if (!dryRun) await open.services.members.remove(inside, member.id, call.options.text('keys') as KeysAfterwards | undefined)
    call.out.result({ dryRun, member }, () =>
      dryRun ? `Would remove ${member.email} from ${tenant.slug}.` : `${member.email} is no member of ${tenant.slug} any more.`,
    )
    return undefined
  })
}
