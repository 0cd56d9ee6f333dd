import { z } from 'zod'
import type { AddOnDefinition, RecurringPrices, SystemDefinition, TierDefinition } from '../system.ts'
import { AddOnContent as AddOnSchema, PlanContent as PlanSchema } from './content-schemas.ts'
import { type AddOnContent, type Offer, type PlanContent, type Prices, published } from './plan.ts'

export interface DeclaredOffer {
  readonly system: string
  readonly kind: Offer
  readonly key: string
  readonly content: PlanContent | AddOnContent
}

/**
 * Every plan and add-on that the code of a system declares, in the form in which they are published.
 *
 * @throws for what the API would refuse: a metered limit without a period, a name that stands for two things
 */
export function declaredOffers(system: SystemDefinition): DeclaredOffer[] {
  const plans = Object.entries(system.tiers).map(([key, tier]) => {
    const content: PlanContent = accepted(PlanSchema, contentOfTier(key, tier), `${system.name}, plan ${key}`)
    return { system: system.name, kind: 'plan', key, content } as const
  })
  const addOns = Object.entries(system.addOns ?? {}).map(([key, addOn]) => {
    const content: AddOnContent = accepted(AddOnSchema, contentOfAddOn(addOn), `${system.name}, add-on ${key}`)
    return { system: system.name, kind: 'add_on', key, content } as const
  })
  return [...plans, ...addOns]
}

function accepted<Schema extends z.ZodType>(schema: Schema, content: unknown, what: string): z.output<Schema> {
  const { data, error } = schema.safeParse(content)
  if (error !== undefined) throw new Error(`The code declares what cannot be sold (${what}): ${z.prettifyError(error)}`)
  return data
}

function contentOfTier(key: string, tier: TierDefinition): PlanContent {
  // Members are counted in every tenant; a plan that says nothing of them sets no limit.
  const limits = { users: null, ...tier.limits }
  return {
    title: tier.title ?? capitalised(key),
    features: tier.features,
    limits: Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, published(limit)])),
    values: tier.values ?? {},
    prices: tier.prices === undefined ? null : pricesOf(tier.prices),
    trialDays: tier.trialDays ?? null,
    selfService: tier.selfService ?? false,
  }
}

function contentOfAddOn({ title, features = [], limits = {}, prices }: AddOnDefinition): AddOnContent {
  return {
    title,
    features,
    limits: Object.fromEntries(Object.entries(limits).map(([name, max]) => [name, { max }])),
    prices: { ...pricesOf(prices), once: prices.once ?? null },
  }
}

function pricesOf({ currency, monthly, yearly }: RecurringPrices): Prices {
  return { currency, monthly: monthly ?? null, yearly: yearly ?? null }
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1).replaceAll('_', ' ')
}
