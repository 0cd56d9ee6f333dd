import type { AddOnVersion, PlanVersion } from '../../plans/plan.ts'
import type { Call } from '../command.ts'
import { systemAsked } from '../only-system.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async ({ services, project }) => {
    await services.plans.publishDeclared()
    const items = await services.plans.versions(systemAsked(call, project))
    call.out.result({ items }, () => table(['KIND', 'KEY', 'VERSION', 'A MONTH', 'PUBLISHED', 'FIRST SOLD'], items.map(row)))
    return undefined
  })
}

function row({ kind, key, version, content, publishedAt, soldAt }: PlanVersion | AddOnVersion): (string | null)[] {
  const { prices } = content
  const price = prices === null || prices.monthly === null ? null : `${prices.currency} ${(prices.monthly / 100).toFixed(2)}`
  return [kind === 'plan' ? 'plan' : 'add-on', key, String(version), price, publishedAt, soldAt]
}
