import type { TenantEntry } from '../directory/entries.ts'
import { isIncluded, platformFeatures } from '../plans/platform-features.ts'
import type { SystemDefinition } from '../system.ts'
import type { Brand } from './brand-schema.ts'

/** Whether a tenant may look like itself alone: its plan has the feature, or its system does not sell it. */
export function hasWhiteLabel(
  systems: readonly SystemDefinition[],
  { system, features }: Pick<TenantEntry, 'system' | 'features'>,
): boolean {
  const definition = systems.find(({ name }) => name === system)
  const included = definition !== undefined && isIncluded(definition, platformFeatures.whiteLabel)
  return included || features.has(platformFeatures.whiteLabel)
}

/**
 * What of a published brand holds. A smaller plan takes nothing out of it, and a larger one brings it all back; but without the
 * feature pages and mails say again what they run on.
 */
export function entitledBrand({ poweredBy, ...brand }: Brand, isWhiteLabel: boolean): Brand {
  return poweredBy === undefined || (!poweredBy && !isWhiteLabel) ? brand : { ...brand, poweredBy }
}
