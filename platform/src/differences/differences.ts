import { z } from 'zod'
import type { TenantEntry } from '../directory/entries.ts'
import { Domain } from '../domains/domain.ts'
import type { Services } from '../http/route.ts'
import type { TenantScope } from '../isolation/tenant-scope.ts'
import { CustomRole } from '../members/schemas.ts'
import { HeldAddOn, HeldPlan, Override } from '../plans/schemas.ts'
import { Setting, type SettingDefinition } from '../settings/setting.ts'

export const Differences = z
  .object({
    plan: HeldPlan,
    addOns: z.array(HeldAddOn),
    features: z.array(z.string()).describe("Given to the tenant beside what its plan has, in the tenant's own record"),
    overrides: z.array(Override),
    settings: z.array(Setting).describe('Those that are not at their default; of a secret its fingerprint'),
    roles: z.array(CustomRole),
    domains: z.array(Domain),
  })
  .meta({ id: 'TenantDifferences' })
export type Differences = z.output<typeof Differences>

export interface DifferencesOptions {
  readonly services: Pick<Services, 'plans' | 'settings' | 'roles' | 'domains'>
  readonly mayRead: (definition: SettingDefinition) => boolean
}

/** All that tells a tenant apart from a new one on the same plan: what whoever moves, copies or supports it has to know. */
export async function differencesOf(
  scope: TenantScope,
  tenant: TenantEntry,
  { services: { plans, settings, roles, domains }, mayRead }: DifferencesOptions,
): Promise<Differences> {
  const definitions = [...settings.registry.in(tenant.system).values()].filter(mayRead)
  const [{ plan, addOns, features }, overrides, described, custom, own] = await Promise.all([
    plans.entitlements(scope),
    plans.overrides(scope),
    settings.describe(scope, definitions),
    roles.list(scope),
    domains.list(scope),
  ])
  const explained = await Promise.all(features.map((name) => plans.explain(scope, name)))
  return {
    plan: { plan: plan.key, version: plan.version },
    addOns: [...addOns],
    features: explained.filter(({ decidedBy }) => decidedBy === 'granted').map(({ name }) => name),
    overrides: [...overrides],
    settings: described.filter(({ isSet }) => isSet),
    roles: custom.map((role) => ({ ...role, permissions: [...role.permissions] })),
    domains: own,
  }
}
