import { useTranslation } from 'react-i18next'
import type { Session } from '../../app/session.ts'
import type { Reach } from '../grants/reach-fields.tsx'
import { type RoleList, type RoleName, rankOf, roleNames } from '../permissions/roles-query.ts'

/** What somebody is in the tenant, as a form has it: `role` is a built-in role's name or the id of one of the tenant's own. */
export interface StandingValues {
  readonly role: string
  readonly reach: Reach
  readonly grants: readonly string[]
}

export function isBuiltIn(role: string): role is RoleName {
  return (roleNames as readonly string[]).includes(role)
}

/** As members and invitations take it. */
export function standingBody({ role, reach, grants }: StandingValues) {
  return {
    ...(isBuiltIn(role) ? { role } : { customRoleId: role }),
    reach,
    ...(reach === 'granted' && { grants: [...grants] }),
  }
}

export function standingOf(held: {
  readonly role: RoleName
  readonly customRoleId: string | null
  readonly reach: Reach
  readonly grants: readonly string[]
}): StandingValues {
  return { role: held.customRoleId ?? held.role, reach: held.reach, grants: held.grants }
}

/** What a role may, as far as the visitor knows: without `roles:read` he does not. */
export function permissionsOfRole(roles: RoleList | undefined, role: string): readonly string[] {
  const found = isBuiltIn(role) ? roles?.builtIn.find(({ name }) => name === role) : roles?.items.find(({ id }) => id === role)
  return found?.permissions ?? []
}

/** Names of roles in the visitor's language; the tenant's own as the tenant calls them. */
export function useRoleName(roles: RoleList | undefined) {
  const { t } = useTranslation(['people', 'common'])
  return (role: string) =>
    isBuiltIn(role) ? t(`common:roles.${role}`) : (roles?.items.find(({ id }) => id === role)?.name ?? t('people:ownRole'))
}

/** The rules that the server keeps, told before somebody runs into them: who may give or touch what. */
export function useStandingRules(session: Session, roles: RoleList | undefined) {
  const { t } = useTranslation(['people', 'common'])
  const beyond = (role: string) => permissionsOfRole(roles, role).find((each) => !session.permissions.includes(each))
  const rank = rankOf(session.role)
  const higher = (role: string) => isBuiltIn(role) && session.role !== undefined && rankOf(role) > rank
  return {
    /** Why the visitor cannot give a role. */
    whyNotGive(role: string): string | undefined {
      if (higher(role)) return t('rules.giveHigher')
      const permission = beyond(role)
      return permission && t('rules.giveBeyond', { permission })
    },
    /** Why he cannot change or remove somebody. */
    whyNotTouch({ role, reach }: StandingValues): string | undefined {
      if (higher(role)) return t('rules.touchHigher', { role: t(`common:roles.${role}`) })
      const permission = beyond(role)
      if (permission !== undefined) return t('rules.touchBeyond', { permission })
      return session.reach === 'granted' && reach === 'all' ? t('rules.touchReach') : undefined
    },
  }
}
