import type { Explanation, Rule } from '../../plans/entitlement.ts'
import type { Call } from '../command.ts'
import { insideTenant } from '../inside-tenant.ts'
import { withServices } from '../open-services.ts'
import { table } from '../output.ts'

export function run(call: Call): Promise<undefined> {
  return withServices(call, async (open) => {
    const [slug = '', name = ''] = call.arguments
    const { inside } = await insideTenant(open, slug)
    const explanation = await open.services.plans.explain(inside, name)
    call.out.result({ explanation }, () => described(explanation))
    return undefined
  })
}

function described({ name, kind, value, decidedBy, rules, inPlans, inAddOns }: Explanation): string {
  const rows = rules.map(({ rule, source, given, reason, until }: Rule) => [rule, source, shown(kind, given), until, reason])
  return [
    `The ${kind} ${name} is ${shown(kind, value)}, by ${decidedBy ?? 'no rule'}.`,
    ...(rows.length === 0 ? [] : [table(['RULE', 'OF', 'SAYS', 'UNTIL', 'BECAUSE'], rows)]),
    `Plans with it: ${inPlans.join(', ') || 'none'}. Add-ons with it: ${inAddOns.join(', ') || 'none'}.`,
  ].join('\n')
}

function shown(kind: Explanation['kind'], value: Explanation['value']): string {
  if (kind === 'feature') return value === true ? 'on' : 'off'
  if (value === null) return kind === 'limit' ? 'unlimited' : 'nothing'
  return String(value)
}
