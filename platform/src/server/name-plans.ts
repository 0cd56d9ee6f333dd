import type { Pipeline } from '../http/pipeline.ts'
import type { PlanService } from '../plans/plans.ts'
import { Problem } from '../problems/problem.ts'

/** A refused feature names the plans and add-ons that have it. They are looked up behind the refusal, which was made from memory. */
export function namingPlans(admit: Pipeline['admit'], plans: Pick<PlanService, 'refuseFeature'>): Pipeline['admit'] {
  return (route, identified, request) => {
    try {
      return admit(route, identified, request)
    } catch (error) {
      const { tenant } = identified
      const isRefusal = error instanceof Problem && error.code === 'feature_not_in_plan'
      if (!isRefusal || tenant === undefined || route.feature === undefined) throw error
      return plans.refuseFeature(tenant, route.feature)
    }
  }
}
