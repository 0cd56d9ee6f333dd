import { z } from 'zod'
import type { PlannedChange } from '../../billing/change-plan.ts'
import { PlanKey } from '../../plans/content-schemas.ts'
import type { PlanPreview } from '../../plans/entitlement.ts'
import { chargeLines } from '../charge-lines.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'
import { parseInput } from '../parse-input.ts'

const Input = z.strictObject({ plan: PlanKey, version: z.coerce.number().int().min(1).optional() })

/** With `--dry-run` it says what would be gained, lost, over and charged. */
export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const wanted = parseInput(Input, { plan: call.arguments[1], version: call.options.text('planVersion') })
    const { tenant, inside } = await insideTenant(open, call.arguments[0] ?? '')
    if (call.options.dryRun) {
      const preview = await open.services.plans.preview(inside, wanted.plan, wanted.version)
      const charge = await open.services.billing.previewMove(inside, wanted)
      call.out.result({ dryRun: true, preview, charge }, () => [described(preview), ...chargedBy(charge)].join('\n'))
      return undefined
    }
    const held = await open.services.billing.move(inside, wanted)
    call.out.result(
      { dryRun: false, tenant: tenant.slug, ...held },
      () => `${tenant.slug} has version ${held.version} of ${held.plan}.`,
    )
    return undefined
  })
}

function described({ gained, lost, limits }: PlanPreview): string {
  const number = (max: number | null) => (max === null ? 'unlimited' : String(max))
  const rows = limits.map(({ name, before, after, used, over }) => [
    name,
    number(before),
    number(after),
    used === null ? '' : String(used),
    over === 0 ? '' : String(over),
  ])
  return [
    `Gained: ${gained.join(', ') || 'nothing'}`,
    `Lost: ${lost.join(', ') || 'nothing'}`,
    table(['LIMIT', 'NOW', 'THEN', 'USED', 'OVER'], rows),
  ].join('\n')
}

function chargedBy(change: PlannedChange | null): string[] {
  if (change === null || change.lines.length === 0) return ['Charged: nothing']
  return ['Charged:', ...chargeLines(change)]
}
