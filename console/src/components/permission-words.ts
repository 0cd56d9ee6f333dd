import { useTranslation } from 'react-i18next'

/**
 * What a permission allows, in the visitor's language. The platform's are translated here; those of a system are told by the
 * server as the system declares them.
 */
export function usePermissionWords() {
  const { t } = useTranslation('permissions')
  return {
    permission: (name: string, description: string) => t(`names.${name.replace(':', '.')}`, { defaultValue: description }),
    area: (area: string) => t(`areas.${area}`, { defaultValue: area }),
  }
}
