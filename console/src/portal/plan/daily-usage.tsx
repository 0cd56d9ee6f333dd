import { Card, Group, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { useLimitNames } from '../limits/limit-names.ts'
import { quotasQuery } from '../limits/quotas-query.ts'
import MeterChart from '../views/meter-chart.tsx'

/** What was used of a meter, by the tenant's own days. */
export default function DailyUsage() {
  const { t } = useTranslation('plan')
  const nameOf = useLimitNames()
  const [search, setSearch] = usePageSearch<'meter'>()
  const { data } = useQuery(quotasQuery)
  const meters = (data ?? []).filter(({ kind }) => kind === 'metered').map(({ meter }) => meter)
  const meter = meters.find((name) => name === search.meter) ?? meters[0]
  return (
    <Card withBorder>
      {meters.length > 1 && (
        <Group justify="flex-end" mb="sm">
          <Select
            label={t('meter')}
            size="xs"
            allowDeselect={false}
            data={meters.map((value) => ({ value, label: nameOf(value) }))}
            value={meter ?? null}
            onChange={(value) => setSearch({ meter: value ?? undefined })}
          />
        </Group>
      )}
      {meter === undefined ? (
        <Text size="sm" c="dimmed">
          {t('noMeters')}
        </Text>
      ) : (
        <MeterChart meter={meter} title={nameOf(meter)} />
      )}
    </Card>
  )
}
