import { Alert, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber } from '../../i18n/format.ts'
import { HealthBadge } from '../tenants/tenant-badges.tsx'
import { Facts } from './facts.tsx'
import { quiet, useInside } from './inside.tsx'
import type { TabProps } from './tenant-query.ts'

const colours = { warning: 'yellow', critical: 'red' } as const

export default function HealthTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const { data, error } = useQuery({
    queryKey: ['tenant', tenant.id, 'health'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/health', { params })).data,
    ...quiet,
  })
  if (data === undefined) return <ProblemAlert error={error} />
  return (
    <Stack>
      <Group>
        <HealthBadge health={data.state} />
        <Text size="sm" c="dimmed">
          {t('health.since')} <Age of={data.since} />
        </Text>
        <Text size="sm" c="dimmed">
          {t('health.assessed')} <Age of={data.assessedAt} />
        </Text>
      </Group>
      {data.reasons.length === 0 && <Text>{t('health.well')}</Text>}
      {data.reasons.map(({ code, state, message, numbers }) => (
        <Alert key={code} color={colours[state]} icon={<IconAlertTriangle aria-hidden />} title={message}>
          <List size="sm">
            {Object.entries(numbers).map(([name, value]) => (
              <List.Item key={name}>
                {name}: {showNumber(value)}
              </List.Item>
            ))}
          </List>
        </Alert>
      ))}
      <Title order={2} size="h4">
        {t('health.activity')}
      </Title>
      <Facts
        caption={t('health.activity')}
        rows={Object.entries(data.activity).map(
          ([name, value]) => [t(`health.${name}`, { defaultValue: name }), showNumber(value)] as const,
        )}
      />
    </Stack>
  )
}
