import { Container, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { BrandMark } from '../../app/brand-mark.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

/** Stands in no shell: whoever sees it is nobody here any more. */
export function ActingOverPage({ problem }: { readonly problem?: unknown }) {
  const { t } = useTranslation('acting')
  return (
    <Container size="xs" py="xl" component="main">
      <Stack>
        <BrandMark />
        <Title order={1} size="h2">
          {t('over.title')}
        </Title>
        <ProblemAlert error={problem} />
        <Text>{t('over.why')}</Text>
      </Stack>
    </Container>
  )
}
