import { Button, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../components/problem-alert.tsx'

export function BrokenPage({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { t } = useTranslation('common')
  return (
    <Stack align="flex-start">
      <ProblemAlert error={error} />
      <Button variant="default" onClick={reset}>
        {t('tryAgain')}
      </Button>
    </Stack>
  )
}
