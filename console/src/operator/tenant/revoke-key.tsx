import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { useInside } from './inside.tsx'

export interface RevokeKeyProps {
  readonly apiKey: components['schemas']['Key']
  readonly onClose: () => void
}

/** Ends a key of the tenant for good. When it was last used is the last warning. */
export function RevokeKey({ apiKey: { id, publicId, name, lastUsedAt }, onClose }: RevokeKeyProps) {
  const { t } = useTranslation(['tenant', 'keys'])
  const { params, tenantId, reason } = useInside()
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/v1/tenants/{tenantId}/keys/{id}', { params: { ...params, path: { tenantId, id } } }),
    onSuccess: onClose,
  })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('keys:revokeOne', { name })}
      name={name}
      act={t('keys:revoke')}
      onConfirm={() => revoke.mutate()}
      busy={revoke.isPending}
      error={revoke.error}
    >
      <Text size="sm">{t('keys:revokeWhat')}</Text>
      <Text size="sm">
        {t('keys.used')}: {lastUsedAt === null ? t('never') : <Age of={lastUsedAt} />}
      </Text>
      <AsCall
        method="DELETE"
        path={`/v1/tenants/${tenantId}/keys/${id}`}
        headers={{ 'Tenantry-Reason': reason }}
        command={`key revoke ${tenantId} ${publicId}`}
      />
    </ConfirmByName>
  )
}
