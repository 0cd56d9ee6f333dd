import { sql } from '../isolation/statement.ts'
import type { HealthContributor, HealthReason } from './health.ts'

const reasons: Readonly<Record<string, Omit<HealthReason, 'numbers'>>> = {
  past_due: { code: 'payment_past_due', state: 'warning', message: 'An invoice is past due: pay it, or the subscription ends.' },
  paused: { code: 'subscription_paused', state: 'warning', message: 'The subscription is paused: resume it.' },
  canceled: { code: 'subscription_ended', state: 'critical', message: 'The subscription was cancelled: take a plan to go on.' },
  expired: { code: 'subscription_ended', state: 'critical', message: 'The subscription has expired: take a plan to go on.' },
}

/** A tenant without a subscription is nobody's debtor. */
export const billingHealth: HealthContributor = {
  name: 'billing',
  assess: async (scope) => {
    const subscription = await scope.first(
      sql<{ state: string }>`select state from tenantry.subscriptions order by created_at desc limit 1`,
    )
    const reason = subscription === undefined ? undefined : reasons[subscription.state]
    return reason === undefined ? [] : [{ ...reason, numbers: {} }]
  },
}
