import { Card, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { showAmount } from '../../components/limit-words.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate } from '../../i18n/format.ts'
import { useLimitNames } from '../limits/limit-names.ts'

type Expected = components['schemas']['UsageForecast']['items'][number]

/** When each limit will be reached, if things go on as they did. */
export function Forecast() {
  const { t } = useTranslation('plan')
  const nameOf = useLimitNames()
  const { data, error } = useQuery({
    queryKey: ['forecast'],
    queryFn: async () => (await api.GET('/v1/usage/forecast')).data.items,
  })
  const columns: Column<Expected>[] = [
    { name: 'limit', title: t('forecast.limit'), show: ({ limit }) => nameOf(limit) },
    { name: 'used', title: t('forecast.used'), align: 'end', show: ({ limit, used }) => showAmount(limit, used) },
    {
      name: 'perDay',
      title: t('forecast.perDay'),
      align: 'end',
      show: ({ limit, basis }) => (basis === null ? '–' : showAmount(limit, Math.round(basis.perDay * 10) / 10)),
    },
    {
      name: 'runsOut',
      title: t('forecast.runsOut'),
      show: ({ runsOutAt, earliest, latest, because }) => {
        if (because !== null) return t(`forecast.because.${because}`)
        if (earliest !== null && latest !== null)
          return t('forecast.between', { earliest: showDate(earliest), latest: showDate(latest) })
        return runsOutAt === null ? '–' : showDate(runsOutAt)
      },
    },
  ]
  return (
    <Card withBorder component="section">
      <Title order={2} size="h4" mb="sm">
        {t('forecast.title')}
      </Title>
      <ProblemAlert error={error} />
      {data && (
        <DataTable
          caption={t('forecast.title')}
          columns={columns}
          rows={data}
          keyOf={({ limit }) => limit}
          empty={
            <Text size="sm" c="dimmed">
              {t('forecast.none')}
            </Text>
          }
        />
      )}
    </Card>
  )
}
