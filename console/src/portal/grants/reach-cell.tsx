import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useGrantedNames } from './granted-objects.ts'
import type { Reach } from './reach-fields.tsx'

/** Of many objects the first are named. */
const named = 3

export function ReachCell({ reach, grants }: { readonly reach: Reach; readonly grants: readonly string[] }) {
  const { t } = useTranslation('people')
  const names = useGrantedNames(reach === 'all' ? [] : grants.slice(0, named))
  if (reach === 'all') return t('reach.allShort')
  if (grants.length === 0) return t('reach.nothing')
  return (
    <>
      {[...names.values()].join(', ')}
      {grants.length > named && (
        <Text size="xs" c="dimmed">
          {t('reach.more', { count: grants.length - named })}
        </Text>
      )}
    </>
  )
}
