import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TenantRow } from './tenant-filter.ts'

const statusColours = { active: 'green', suspended: 'yellow', archived: 'gray', deleted: 'red', provisioning: 'blue' } as const
const healthColours = { healthy: 'green', warning: 'yellow', critical: 'red' } as const

export function StatusBadge({ status, suspension }: Pick<TenantRow, 'status' | 'suspension'>) {
  const { t } = useTranslation('tenants')
  return (
    <Badge variant="default" miw="max-content" leftSection={<Dot colour={statusColours[status]} />}>
      {suspension === 'read_only' ? t('status.readOnly') : t(`status.${status}`)}
    </Badge>
  )
}

export function HealthBadge({ health }: { readonly health: TenantRow['health'] }) {
  const { t } = useTranslation('tenants')
  if (health === null) return <>{t('health.unknown')}</>
  return (
    <Badge variant="default" miw="max-content" leftSection={<Dot colour={healthColours[health]} />}>
      {t(`health.${health}`)}
    </Badge>
  )
}

/** Beside the word, which says the same: colour alone tells nobody anything. */
function Dot({ colour }: { readonly colour: string }) {
  return (
    <span
      aria-hidden
      style={{ display: 'inline-block', width: 8, height: 8, borderRadius: 4, background: `var(--mantine-color-${colour}-6)` }}
    />
  )
}
