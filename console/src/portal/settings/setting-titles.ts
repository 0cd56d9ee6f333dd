import { useTranslation } from 'react-i18next'
import type { Setting } from './settings-page.tsx'

/** The title in the visitor's language where there are words for it, else as it was declared. */
export function useSettingTitles(): (setting: Pick<Setting, 'key' | 'title'>) => string {
  const { t } = useTranslation('settings')
  return ({ key, title }) => t(`titles.${key}`, { defaultValue: title })
}
