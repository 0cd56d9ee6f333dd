import type { SystemDefinition } from '../system.ts'
import type { Permission, Role } from './principal.ts'
import { roles } from './principal.ts'

/** What may be done in every tenant, whatever its system. */
export const platformPermissions = {
  'tenant:read': "Read the tenant's own record and its limits",
  'tenant:write': "Change the tenant's name, brand and contact",
  'keys:read': 'List API keys',
  'keys:write': 'Create and revoke API keys',
  'audit:read': 'Read the audit entries',
  'webhooks:read': 'See webhooks and what was sent to them',
  'webhooks:write': 'Make, change, test and replay webhooks',
  'domains:read': 'See domains and what their DNS lacks',
  'domains:write': 'Claim, check and release domains',
  'brand:read': 'See the brand, its draft and its versions',
  'brand:write': 'Change the draft of the brand, publish it and go back',
  'settings:read': 'Read settings; of secrets when and by whom they were set',
  'settings:write': 'Change settings',
  'settings:secure': 'Change settings of mail and security, their secrets among them',
  'billing:read': 'See the subscription and invoices',
  'billing:write': 'Choose and cancel plans and add-ons',
  'members:read': 'See who belongs to the tenant',
  'members:write': 'Invite people, change their roles and remove them',
  'roles:read': 'See roles and their permissions',
  'roles:write': "Make, change and delete the tenant's own roles",
  'usage:read': 'See what was used, day by day, and when a limit will be reached',
  'usage:write': 'Report usage',
} as const satisfies Record<Permission, string>

export type PlatformPermission = keyof typeof platformPermissions

const managers: readonly PlatformPermission[] = [
  'tenant:read',
  'keys:read',
  'members:read',
  'members:write',
  'roles:read',
  'settings:read',
  'settings:write',
  'usage:read',
]
const everything = Object.keys(platformPermissions) as PlatformPermission[]

const platformRoles: Readonly<Record<Role, readonly PlatformPermission[]>> = {
  owner: everything,
  admin: everything,
  manager: managers,
  user: ['tenant:read', 'members:read'],
  viewer: ['tenant:read'],
}

/** Every permission that can be held in a tenant of the system, with what it allows. */
export function permissionsOf(system: SystemDefinition): ReadonlyMap<string, string> {
  return new Map<string, string>([...Object.entries(platformPermissions), ...Object.entries(system.permissions)])
}

/** What a built-in role may do in a tenant of the system. A role has what the roles below it have. */
export function permissionsOfRole(system: SystemDefinition, role: Role): ReadonlySet<string> {
  const fromHere = roles.slice(roles.indexOf(role))
  return new Set(fromHere.flatMap((each) => [...platformRoles[each], ...(system.roles[each] ?? [])]))
}
