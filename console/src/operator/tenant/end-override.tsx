import { Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { useInside } from './inside.tsx'
import type { Override } from './settings-tab.tsx'

/** What was agreed beside the plan ends at once: somebody may be over a limit from then on. */
export function EndOverride({
  override: { kind, name },
  onClose,
}: {
  readonly override: Override
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['tenant', 'bulk'])
  const { params, tenantId, reason } = useInside()
  const path = { tenantId, kind, name }
  const end = useMutation({
    mutationFn: () => api.DELETE('/v1/tenants/{tenantId}/overrides/{kind}/{name}', { params: { ...params, path } }),
    onSuccess: onClose,
  })
  const act = t('differences.end', { name })
  return (
    <ConfirmByName
      opened
      onClose={onClose}
      title={act}
      name={name}
      act={act}
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Text size="sm">{t('bulk:about.end_override')}</Text>
      <AsCall
        method="DELETE"
        path={`/v1/tenants/${tenantId}/overrides/${kind}/${name}`}
        headers={{ 'Tenantry-Reason': reason }}
      />
    </ConfirmByName>
  )
}
