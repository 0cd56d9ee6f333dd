import { Center, Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'

export function Waiting() {
  const { t } = useTranslation('common')
  return (
    <Center p="xl">
      <Loader aria-label={t('loading')} role="status" />
    </Center>
  )
}
