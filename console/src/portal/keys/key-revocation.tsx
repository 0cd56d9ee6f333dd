import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { byId, type Key } from './key-queries.ts'

/** Ends a key for good. When it was last used is the last warning. */
export function KeyRevocation({
  apiKey: { id, name, lastUsedAt },
  onClose,
}: {
  readonly apiKey: Key
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['keys', 'common'])
  const revoking = useMutation({
    mutationFn: () => api.DELETE('/v1/keys/{id}', { params: byId(id) }),
    onSuccess: onClose,
  })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('revokeOne', { name })}
      name={name}
      act={t('revoke')}
      onConfirm={() => revoking.mutate()}
      busy={revoking.isPending}
      error={revoking.error}
    >
      <Text size="sm">{t('revokeWhat')}</Text>
      <Text size="sm">
        {t('lastUsed')}: {lastUsedAt === null ? t('common:never') : <Age of={lastUsedAt} />}
      </Text>
    </ConfirmByName>
  )
}
