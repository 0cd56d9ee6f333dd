import { queryOptions } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { api } from '../../api/api.ts'

type Subscription = components['schemas']['Subscription']
type InvoiceWithLines = components['schemas']['InvoiceWithLines']

export interface Billing {
  readonly subscription: Subscription
  /** The invoice that is open: what waits in it is charged at the end of the period. */
  readonly draft: InvoiceWithLines | undefined
  /** Title of the plan, for people. */
  readonly plan: string
}

/** The subscription with what is open of this period. */
export const billingQuery = queryOptions({
  queryKey: ['billing'],
  queryFn: async (): Promise<Billing> => {
    const [subscription, drafts, entitlements] = await Promise.all([
      api.GET('/v1/subscription'),
      api.GET('/v1/invoices', { params: { query: { state: 'draft', limit: 1 } } }),
      api.GET('/v1/entitlements'),
    ])
    const id = drafts.data.items[0]?.id
    const draft = id === undefined ? undefined : (await api.GET('/v1/invoices/{id}', { params: { path: { id } } })).data
    return { subscription: subscription.data, draft, plan: entitlements.data.plan.title }
  },
})

export interface CostPart {
  readonly id: string
  readonly title: string
  readonly amountMinor: number
}

/** Before tax: the plan, add-ons that are paid by the period, and what else waits in the open invoice. */
export function costsOf({ subscription, draft, plan }: Billing): {
  readonly parts: readonly CostPart[]
  readonly totalMinor: number
} {
  const ended = subscription.state === 'canceled' || subscription.state === 'expired'
  const recurring: CostPart[] = ended
    ? []
    : [
        { id: 'plan', title: plan, amountMinor: subscription.priceMinor },
        ...subscription.addOns
          .filter(({ charge }) => charge === 'recurring')
          .map(({ id, title, priceMinor }) => ({ id, title, amountMinor: priceMinor })),
      ]
  const waiting = (draft?.lines ?? []).map(({ description, amountMinor }, index) => ({
    id: `line ${index}`,
    title: description,
    amountMinor,
  }))
  const parts = [...recurring, ...waiting]
  return { parts, totalMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0) }
}
