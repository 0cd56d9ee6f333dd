import { sql } from '../isolation/statement.ts'
import type { HealthContributor } from './health.ts'

const endpoints = sql<{ disabled: number; failing: number }>`
  select count(*) filter (where e.state = 'disabled')::int as disabled,
         count(*) filter (where e.state = 'active' and h.failing_since < tenantry.clock() - interval '1 hour')::int as failing
    from tenantry.webhook_endpoints e left join tenantry.webhook_health h on h.endpoint_id = e.id`

/** Webhooks that take nothing. One that its owner paused is as he wants it. */
export const deliveryHealth: HealthContributor = {
  name: 'deliveries',
  assess: async (scope) => {
    const { disabled = 0, failing = 0 } = (await scope.first(endpoints)) ?? {}
    return [
      ...(disabled === 0
        ? []
        : [
            {
              code: 'webhooks_disabled',
              state: 'critical' as const,
              message:
                'Webhooks are disabled because they took nothing for days: mend them, set them to active, replay what they missed.',
              numbers: { webhooks: disabled },
            },
          ]),
      ...(failing === 0
        ? []
        : [
            {
              code: 'webhooks_failing',
              state: 'warning' as const,
              message: 'Webhooks have taken nothing for more than an hour: see their deliveries.',
              numbers: { webhooks: failing },
            },
          ]),
    ]
  },
}
