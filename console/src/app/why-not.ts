import { useTranslation } from 'react-i18next'
import { type Asked, may, mayOpen, useSession } from './session.ts'

/**
 * Why the visitor of the portal may not do something, in words; undefined where he may. The server asks again.
 *
 * @example
 * const whyNot = useWhyNot()
 * <ActButton whyNot={whyNot({ permission: 'keys:write', role: 'admin' })} onClick={open}>…</ActButton>
 */
export function useWhyNot(): (asked: Asked) => string | undefined {
  const session = useSession()
  const { t } = useTranslation('common')
  return (asked) => {
    const { permission, role, wholeReach = false } = asked
    if (permission !== undefined && !may(session, permission)) return t('whyNot.permission', { permission })
    if (wholeReach && session.reach === 'granted') return t('whyNot.reach')
    return mayOpen(session, asked) ? undefined : t('whyNot.role', { role: t(`roles.${role}`) })
  }
}
