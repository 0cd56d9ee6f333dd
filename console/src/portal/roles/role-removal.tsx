import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import type { CustomRole } from '../permissions/roles-query.ts'

export function RoleRemoval({ role: { id, name }, onClose }: { readonly role: CustomRole; readonly onClose: () => void }) {
  const { t } = useTranslation(['people', 'common'])
  const removing = useMutation({
    mutationFn: () => api.DELETE('/v1/roles/{id}', { params: { path: { id } } }),
    onSuccess: onClose,
  })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={t('deleteRole', { name })}
      name={name}
      act={t('common:delete')}
      onConfirm={() => removing.mutate()}
      busy={removing.isPending}
      error={removing.error}
    >
      <Text size="sm">{t('deleteRoleWhat')}</Text>
    </ConfirmByName>
  )
}
