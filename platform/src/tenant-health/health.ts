import { z } from 'zod'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import type { TenantActivity } from './activity.ts'

/** From the best to the worst. */
export const healthStates = ['healthy', 'warning', 'critical'] as const
export type HealthState = (typeof healthStates)[number]

export const HealthReason = z
  .object({
    code: z.string().describe('`quota_used_up`'),
    state: z.enum(['warning', 'critical']),
    message: z.string().describe('What is the matter, and what to do'),
    numbers: z.record(z.string(), z.number()).describe('What it was told by'),
  })
  .meta({ id: 'HealthReason' })
export type HealthReason = z.output<typeof HealthReason>

/**
 * Something that tells how a tenant fares, asked every five minutes in the tenant's scope. What it finds nothing about is well.
 *
 * @example
 * export const controllerHealth: HealthContributor = {
 *   name: 'bms.controllers',
 *   assess: async (scope) => (await silentControllers(scope)).map(({ silent }) => ({
 *     code: 'bms_controllers_silent', state: 'warning', message: 'Controllers do not answer: see to their network.', numbers: { silent },
 *   })),
 * }
 */
export interface HealthContributor {
  /** `<feature or system>.<what>` */
  readonly name: string
  /** Worst first is not needed; codes are unique within the tenant. */
  readonly assess: (scope: TenantScope, activity: TenantActivity) => Promise<readonly HealthReason[]>
}

/** As bad as the worst of its reasons. */
export function stateOf(reasons: readonly HealthReason[]): HealthState {
  if (reasons.some(({ state }) => state === 'critical')) return 'critical'
  return reasons.length > 0 ? 'warning' : 'healthy'
}
