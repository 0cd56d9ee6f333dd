import type { SystemDefinition } from '../system.ts'

/**
 * Features that routes of the platform belong to, whatever the system. Where the code of a system sells one of them, in a plan or an
 * add-on, its tenants need it; in a system that never names it everybody has it, so that nobody has to list what he gives to all.
 * `custom_domain` is none of them: it is had by those who have it.
 */
export const platformFeatures = {
  /** To make programs: API keys and webhooks. */
  apiAccess: 'api_access',
  /** To look like oneself: the brand. */
  whiteLabel: 'white_label',
} as const

const names: ReadonlySet<string> = new Set(Object.values(platformFeatures))

/** Whether every tenant of the system has the feature, because it is the platform's and the system does not sell it. */
export function isIncluded({ tiers, addOns = {} }: Pick<SystemDefinition, 'tiers' | 'addOns'>, feature: string): boolean {
  if (!names.has(feature)) return false
  return ![...Object.values(tiers), ...Object.values(addOns)].some(({ features = [] }) => features.includes(feature))
}
