import { Badge, Card, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { may, useSession } from '../../app/session.ts'
import { Waiting } from '../../app/waiting.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { LimitBar } from '../limits/limit-bar.tsx'
import { useLimitNames } from '../limits/limit-names.ts'
import { quotasQuery } from '../limits/quotas-query.ts'
import { Forecast } from './forecast.tsx'
import { entitlementsQuery } from './plan-queries.ts'

const DailyUsage = lazy(() => import('./daily-usage.tsx'))

/** What there is, and how much of it is used. */
export function Usage() {
  const { t } = useTranslation('plan')
  const session = useSession()
  const nameOf = useLimitNames()
  const quotas = useQuery(quotasQuery)
  const { data: held, error } = useQuery(entitlementsQuery)
  const maySeeUsage = may(session, 'usage:read') && session.reach === 'all'
  return (
    <Stack>
      <ProblemAlert error={error ?? quotas.error} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder component="section" aria-labelledby="held">
          {held && (
            <>
              <Group justify="space-between" mb="sm">
                <Title order={2} size="h4" id="held" data-plan={held.plan.key}>
                  {t('held', { title: held.plan.title })}
                </Title>
                <Badge variant="default">{t('version', { version: held.plan.version })}</Badge>
              </Group>
              <Text size="sm" fw={500}>
                {t('features')}
              </Text>
              {held.features.length === 0 && <Text size="sm">{t('noFeatures')}</Text>}
              <List size="sm">
                {held.features.map((feature) => (
                  <List.Item key={feature}>{nameOf(feature)}</List.Item>
                ))}
              </List>
              {Object.keys(held.values).length > 0 && (
                <Text size="sm" fw={500} mt="sm">
                  {t('values')}
                </Text>
              )}
              <List size="sm">
                {Object.entries(held.values).map(([name, value]) => (
                  <List.Item key={name}>{t('limitOf', { name: nameOf(name), max: String(value) })}</List.Item>
                ))}
              </List>
            </>
          )}
        </Card>
        <Card withBorder component="section" aria-labelledby="plan-limits">
          <Title order={2} size="h4" mb="sm" id="plan-limits">
            {t('limits')}
          </Title>
          <Stack gap="sm">
            {quotas.data?.length === 0 && <Text size="sm">{t('noLimits')}</Text>}
            {quotas.data?.map((quota) => (
              <LimitBar key={quota.meter} quota={quota} />
            ))}
          </Stack>
        </Card>
      </SimpleGrid>
      {maySeeUsage ? (
        <>
          <Suspense fallback={<Waiting />}>
            <DailyUsage />
          </Suspense>
          <Forecast />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {t('mayNotSee')}
        </Text>
      )}
    </Stack>
  )
}
