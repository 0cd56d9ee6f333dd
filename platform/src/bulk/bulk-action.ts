import { z } from 'zod'
import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { giveNotice, Notice } from '../notifications/notice.ts'
import { NewOverride, OverridePath, PlanOrder } from '../plans/schemas.ts'
import { SuspensionOrder } from '../tenants/schemas.ts'

const { kind, name } = OverridePath.shape

/** What can be done to many tenants at once. Erasing is not: whoever erases looks at each. */
export const BulkAction = z
  .discriminatedUnion('do', [
    z.strictObject({ do: z.literal('suspend'), mode: SuspensionOrder.shape.mode }),
    z.strictObject({ do: z.literal('resume') }),
    z.strictObject({ do: z.literal('archive') }),
    z.strictObject({ do: z.literal('restore') }),
    z.strictObject({ do: z.literal('assign_plan'), ...PlanOrder.shape }),
    z.strictObject({
      do: z.literal('put_override'),
      kind,
      name,
      value: NewOverride.shape.value,
      expiresAt: NewOverride.shape.expiresAt,
    }),
    z.strictObject({ do: z.literal('end_override'), kind, name }),
    z.strictObject({ do: z.literal('notify'), ...Notice.shape }),
  ])
  .meta({ id: 'BulkAction' })
export type BulkAction = z.output<typeof BulkAction>

/**
 * Does it in the scope's transaction.
 *
 * @throws the problems of the route that does the same to one tenant
 */
export async function perform(
  scope: TenantScope,
  action: BulkAction,
  reason: string,
  { tenants, plans, billing }: Pick<Services, 'tenants' | 'plans' | 'billing'>,
): Promise<void> {
  switch (action.do) {
    case 'suspend':
      await tenants.moveInside(scope, 'suspend', { reason, mode: action.mode })
      return
    case 'assign_plan':
      await billing.move(scope, action)
      return
    case 'put_override': {
      const { do: _, expiresAt = null, ...override } = action
      await plans.override(scope, { ...override, reason, expiresAt })
      return
    }
    case 'end_override':
      return plans.dropOverride(scope, action.kind, action.name)
    case 'notify':
      return giveNotice(scope, { subject: action.subject, message: action.message })
    default:
      await tenants.moveInside(scope, action.do, { reason })
  }
}
