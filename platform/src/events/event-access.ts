import type { TenantPrincipal } from '../access/principal.ts'
import { columnName } from '../resources/columns.ts'
import type { SystemDefinition } from '../system.ts'

/** Who may read the platform's own events: those that may read what they are about. */
const ofPlatform: Readonly<Record<string, string>> = {
  'platform.tenant.': 'tenant:read',
  'platform.plan.': 'tenant:read',
  'platform.key.': 'keys:read',
  'platform.member.': 'members:read',
  'platform.setting.': 'settings:read',
  'platform.domain.': 'domains:read',
  'webhook.': 'webhooks:read',
  'quota.': 'usage:read',
  'subscription.': 'billing:read',
  'invoice.': 'billing:read',
}

/** Of every event, also of those that are nobody's in particular: sign-ins, suspicions, and whatever is added. */
export const everyEvent = 'audit:read'

/**
 * Beginnings of the types of events that somebody may read, by his permissions. What no permission is known for takes `audit:read`.
 * The empty beginning is every type.
 *
 * @example
 * const visible = createEventAccess(systems)
 * visible(principal) // ['bms.building.', 'platform.tenant.']
 */
export function createEventAccess(systems: readonly Pick<SystemDefinition, 'resources'>[]) {
  const permissions = new Map(Object.entries(ofPlatform))
  for (const { system, singular, plural } of systems.flatMap(({ resources = [] }) => resources)) {
    permissions.set(`${system}.${columnName(singular)}.`, `${system}.${plural}:read`)
  }
  return ({ permissions: held }: Pick<TenantPrincipal, 'permissions'>): readonly string[] => {
    if (held.has(everyEvent)) return ['']
    return [...permissions].filter(([, permission]) => held.has(permission)).map(([beginning]) => beginning)
  }
}

export type EventAccess = ReturnType<typeof createEventAccess>
