import { Alert, List, Text } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { showNumber } from '../../i18n/format.ts'

/** What another plan gives and takes; what would be over its limits stands first. */
export function PlanChanges({ preview }: { readonly preview: components['schemas']['PlanPreview'] }) {
  const { t } = useTranslation('tenant')
  const { gained, lost, limits } = preview
  const shown = (max: number | null) => (max === null ? t('quotas.unlimited') : showNumber(max))
  const over = limits.filter((limit) => limit.over > 0)
  return (
    <div aria-live="polite">
      {over.length > 0 && (
        <Alert color="yellow" title={t('billing.over')}>
          <List size="sm">
            {over.map((limit) => (
              <List.Item key={limit.name}>
                {t('billing.overBy', { name: limit.name, count: limit.over, max: shown(limit.after) })}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <List size="sm">
        {gained.length > 0 && <List.Item>{t('billing.gained', { names: gained.join(', ') })}</List.Item>}
        {lost.length > 0 && <List.Item>{t('billing.lost', { names: lost.join(', ') })}</List.Item>}
        {limits
          .filter(({ before, after }) => before !== after)
          .map(({ name, before, after }) => (
            <List.Item key={name}>{t('billing.limit', { name, before: shown(before), after: shown(after) })}</List.Item>
          ))}
      </List>
      {gained.length + lost.length + limits.filter(({ before, after }) => before !== after).length === 0 && (
        <Text size="sm">{t('billing.same')}</Text>
      )}
    </div>
  )
}
