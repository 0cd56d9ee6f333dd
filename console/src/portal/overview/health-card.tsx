import { Badge, Card, Group, List, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

const colours = { healthy: 'teal', warning: 'yellow', critical: 'red' } as const

/** Healthy or not, since when, and why. */
export function HealthCard() {
  const { t } = useTranslation('dashboard')
  const { data, error } = useQuery({
    queryKey: ['health'],
    queryFn: async () => (await api.GET('/v1/tenants/current/health')).data,
    refetchInterval: 30_000,
  })
  return (
    <Card withBorder component="section" aria-labelledby="health">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="health">
          {t('health.title')}
        </Title>
        {data && (
          <Badge variant="dot" color={colours[data.state]} data-health={data.state}>
            {t(`health.${data.state}`)}
          </Badge>
        )}
      </Group>
      <ProblemAlert error={error} />
      {data && (
        <>
          <Text size="sm" c="dimmed">
            {t('health.since')} <Age of={data.since} />
          </Text>
          {data.reasons.length === 0 ? (
            <Text size="sm" mt="xs">
              {t('health.fine')}
            </Text>
          ) : (
            <List size="sm" mt="xs">
              {data.reasons.map(({ code, state, message, numbers }) => (
                <List.Item key={code + message}>
                  <Text size="sm" fw={state === 'critical' ? 600 : 400} component="span">
                    {t(`reasons.${code}`, { defaultValue: message, ...numbers })}
                  </Text>
                </List.Item>
              ))}
            </List>
          )}
        </>
      )}
    </Card>
  )
}
