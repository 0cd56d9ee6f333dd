import type { Pipeline } from '../http/pipeline.ts'
import type { PlanService } from '../plans/plans.ts'
import { problems } from '../problems/catalogue.ts'
import { Problem } from '../problems/problem.ts'

/** A refused feature names the plans and add-ons that have it. They are looked up behind the refusal, which was made from memory. */
export function namingPlans(admit: Pipeline['admit'], plans: Pick<PlanService, 'withFeature'>): Pipeline['admit'] {
  return (route, identified, request) => {
    try {
      return admit(route, identified, request)
    } catch (error) {
      const { tenant } = identified
      const isRefusal = error instanceof Problem && error.code === 'feature_not_in_plan'
      if (!isRefusal || tenant === undefined || route.feature === undefined) throw error
      return refuse(tenant.system, tenant.tier, route.feature)
    }
  }

  async function refuse(system: string, plan: string, feature: string): Promise<never> {
    const having = await plans.withFeature(system, feature)
    const where = [...having.plans.map((key) => `the plan "${key}"`), ...having.addOns.map((key) => `the add-on "${key}"`)]
    const remedy = where.length === 0 ? 'No plan has it.' : `It comes with ${where.join(' or ')}.`
    throw problems.feature_not_in_plan(`The plan "${plan}" does not include ${feature}. ${remedy}`, { feature, ...having })
  }
}
