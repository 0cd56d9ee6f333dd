import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../components/empty-state.tsx'

export function MissingPage() {
  const { t } = useTranslation('common')
  return (
    <EmptyState title={t('missing.title')} why={t('missing.why')}>
      <Button component={Link} to="/">
        {t('missing.back')}
      </Button>
    </EmptyState>
  )
}
