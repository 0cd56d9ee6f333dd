import { Alert, List } from '@mantine/core'
import { IconCheck, IconContrast } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { showNumber } from '../../i18n/format.ts'
import type { BrandState } from './brand-queries.ts'

/** What could not be read, with its numbers; says so too when there is nothing. */
export function BrandWarnings({ warnings }: Pick<BrandState, 'warnings'>) {
  const { t } = useTranslation('brand')
  if (warnings.length === 0)
    return <Alert variant="default" icon={<IconCheck aria-hidden />} title={t('readable')} role="status" />
  return (
    <Alert variant="default" icon={<IconContrast aria-hidden />} title={t('unreadable')} role="status">
      <List size="sm">
        {warnings.map(({ what, ratio, needed, foreground, background }) => (
          <List.Item key={what}>
            {t(`warnings.${what}`, { ratio: showNumber(ratio), needed: showNumber(needed), foreground, background })}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
