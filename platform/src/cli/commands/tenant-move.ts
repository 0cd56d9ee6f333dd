import type { TransitionName } from '../../tenants/lifecycle.ts'
import { allowedFrom, transitions } from '../../tenants/lifecycle.ts'
import type { Call } from '../command.ts'
import { commandLine } from '../command-line-actor.ts'
import { findTenant } from '../find-tenant.ts'
import { withServices } from '../open-services.ts'
import { Refusal } from '../refusal.ts'

/** Suspend, resume, archive and restore differ by the transition alone. */
export function moveTo(transition: Exclude<TransitionName, 'erase' | 'activate'>) {
  return (call: Call): Promise<undefined> =>
    withServices(call, async ({ services, directory }) => {
      const { id, slug, status } = await findTenant(directory, call.arguments[0] ?? '')
      const { event, to } = transitions[transition]
      if (call.options.dryRun) {
        const allowed = allowedFrom(status)
        if (!allowed.includes(transition)) {
          throw new Refusal('lifecycle_conflict', `A tenant that is ${status} cannot be ${event}.`, {
            members: { status, allowed },
          })
        }
        call.out.result({ dryRun: true, tenant: { id, slug, status: to } }, () => `${slug} would be ${event}.`)
        return undefined
      }
      const mode = call.options.text('mode') as 'read_only' | 'blocked' | undefined
      const tenant = await services.tenants.move(id, transition, { reason: call.options.required('reason'), mode }, commandLine)
      call.out.result({ dryRun: false, tenant }, () => `${slug} is ${event}.`)
      return undefined
    })
}
