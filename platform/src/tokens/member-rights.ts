import { permissionsOf, permissionsOfRole } from '../access/platform-permissions.ts'
import type { Role } from '../access/principal.ts'
import type { CustomRoleEntry } from '../directory/people-entries.ts'
import type { SystemDefinition } from '../system.ts'

/** What everybody may who belongs to a tenant, whatever a role of its own says. */
const always = 'tenant:read'

/** What members may do: by built-in role, or by a custom one as far as its permissions still exist in the system. */
export function createMemberRights(systems: readonly SystemDefinition[]) {
  const none: ReadonlySet<string> = new Set()
  const ofRoles = new Map<string, ReadonlySet<string>>()
  const byName = new Map(systems.map((system) => [system.name, system]))
  return (systemName: string, role: Role, custom: Pick<CustomRoleEntry, 'permissions'> | undefined): ReadonlySet<string> => {
    const system = byName.get(systemName)
    if (system === undefined) return none
    if (custom !== undefined) {
      const existing = permissionsOf(system)
      return new Set([always, ...custom.permissions.filter((permission) => existing.has(permission))])
    }
    const key = `${systemName} ${role}`
    const rights = ofRoles.get(key) ?? permissionsOfRole(system, role)
    ofRoles.set(key, rights)
    return rights
  }
}

export type MemberRights = ReturnType<typeof createMemberRights>
