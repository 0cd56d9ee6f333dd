import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { LimitBar } from '../limits/limit-bar.tsx'
import { quotasQuery } from '../limits/quotas-query.ts'

/** Use of the API, how often it may be asked, and how much there is of everything: against what the plan gives. */
export function LimitsCard() {
  const { t } = useTranslation('dashboard')
  const { data, error } = useQuery(quotasQuery)
  return (
    <Card withBorder component="section" aria-labelledby="limits">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="limits">
          {t('limits')}
        </Title>
        <Anchor component={Link} to="/plan" size="sm">
          {t('toPlan')}
        </Anchor>
      </Group>
      <ProblemAlert error={error} />
      <Stack gap="sm">
        {data?.length === 0 && <Text size="sm">{t('noLimits')}</Text>}
        {data?.map((quota) => (
          <LimitBar key={quota.meter} quota={quota} />
        ))}
      </Stack>
    </Card>
  )
}
