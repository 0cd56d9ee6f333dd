import type { PlanService } from '../plans/plans.ts'
import { problems } from '../problems/catalogue.ts'
import type { BillingInterval, Terms } from './subscription.ts'

/** What the newest version of a plan costs. @throws invalid_request for a plan that is not there, or not sold by that interval */
export async function termsOf(plans: PlanService, system: string, plan: string, interval: BillingInterval): Promise<Terms> {
  const { version, content } = await plans.require(system, plan)
  const price = content.prices?.[interval]
  if (content.prices === null || price == null) throw notSold('interval', `The plan "${plan}" is not sold ${interval}.`)
  return { plan, planVersion: version, interval, currency: content.prices.currency, priceMinor: price }
}

/** The title of the plan, for people. */
export async function titleOf(plans: PlanService, system: string, { plan, planVersion }: Pick<Terms, 'plan' | 'planVersion'>) {
  return (await plans.require(system, plan, planVersion)).content.title
}

export interface AddOnTerms {
  readonly title: string
  readonly currency: string
  readonly priceMinor: number
}

/** @throws invalid_request for an add-on that is not there, or not sold so */
export async function addOnTermsOf(
  plans: PlanService,
  system: string,
  addOn: string,
  charge: BillingInterval | 'once',
): Promise<AddOnTerms> {
  const { addOns } = await plans.offered(system)
  const content = addOns.find(({ key }) => key === addOn)?.content
  if (content === undefined) throw notSold('addOn', 'The system has no such add-on.')
  const price = content.prices[charge]
  if (price == null) throw notSold('charge', `The add-on "${addOn}" is not sold ${charge}.`)
  return { title: content.title, currency: content.prices.currency, priceMinor: price }
}

function notSold(path: string, message: string) {
  return problems.invalid_request(message, { errors: [{ path, message }] })
}
