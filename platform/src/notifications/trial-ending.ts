import type { Subscriber } from '../events/event.ts'
import { sql } from '../isolation/statement.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { recurring } from '../jobs/recurring.ts'

/** Days before its end at which a trial's people are told. */
const notices = [1, 7] as const
const day = 86_400

interface Trial {
  readonly id: string
  readonly trialEndsAt: string
  /** Seconds. */
  readonly left: number
  readonly lasts: number
}

/** Looks when the next notice is due; a trial that was given more time is told of again. */
export const watchTrial = recurring({
  name: 'notifications.trial',
  handle: async ({ scope }) => {
    const trial = await scope.first(sql<Trial>`select id, trial_ends_at,
        extract(epoch from trial_ends_at - tenantry.clock())::float8 as left,
        extract(epoch from trial_ends_at - created_at)::float8 as lasts
      from tenantry.subscriptions where state = 'trialing' and trial_ends_at is not null`)
    if (trial === undefined || trial.left <= 0) return null
    // Of those that are due the nearest: nobody is told of seven days when one is left, nor of seven when there never were more.
    const due = notices.find((days) => trial.left <= days * day && trial.lasts > days * day)
    if (due !== undefined) await tell(scope, trial, due)
    const next = notices.findLast((days) => days * day < trial.left)
    return Math.max(1, Math.ceil(trial.left - (next ?? 0) * day))
  },
})

/** Once for each end of a trial: `subscription.trial_ending`. */
async function tell(scope: TenantScope, { id, trialEndsAt, left }: Trial, days: number): Promise<void> {
  const data = JSON.stringify({ days: Math.ceil(left / day), endsAt: trialEndsAt })
  await scope.run(
    sql`with told as (
        insert into tenantry.trial_notices (subscription_id, trial_ends_at, days)
        values (${id}::uuid, ${trialEndsAt}::timestamptz, ${days}) on conflict do nothing returning subscription_id)
      select tenantry.emit('subscription.trial_ending', subscription_id, ${data}::jsonb) from told`,
    { lane: 'write' },
  )
}

/** A tenant begins with its trial, or is given one later. */
export const trialSubscriber: Subscriber = {
  name: 'notifications.trial',
  events: ['platform.tenant.created', 'subscription.trialing'],
  handle: async (event, { scope }) => {
    await scope.run(sql`select tenantry.schedule(${watchTrial.name}, ${event.tenantId}::uuid, tenantry.clock())`, {
      lane: 'write',
    })
  },
}
