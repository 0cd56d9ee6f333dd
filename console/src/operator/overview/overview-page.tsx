import { Anchor, Button, SimpleGrid, Stack } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Age, UpdatedAt } from '../../components/age.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { CompanyTable } from './company-table.tsx'
import { Figure } from './figure.tsx'
import { overviewQuery, ownNumbers, readOverview, totalOf } from './overview-query.ts'

export default function OverviewPage() {
  const { t } = useTranslation('overview')
  const queries = useQueryClient()
  const { data, error, dataUpdatedAt } = useQuery(overviewQuery)
  const count = useMutation({
    mutationFn: () => readOverview(0),
    onSuccess: (counted) => queries.setQueryData(overviewQuery.queryKey, counted),
  })
  return (
    <>
      <PageHeader title={t('title')} about={t('about')}>
        <UpdatedAt at={dataUpdatedAt} />
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => count.mutate()}
          loading={count.isPending}
        >
          {t('countNow')}
        </Button>
      </PageHeader>
      <ProblemAlert error={error ?? count.error} />
      {data && (
        <Stack gap="xl">
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Figure title={t('tenants')} value={data.tenants.active ?? 0}>
              {t('suspended', { count: data.tenants.suspended ?? 0 })}
            </Figure>
            <Figure title={t('people')} value={data.people}>
              {t('memberships', { count: data.memberships })}
            </Figure>
            <Figure title={t('activeToday')} value={totalOf(data, 'activeToday')}>
              {t('sinceMidnight')}
            </Figure>
            <Figure title={t('domains')} value={data.domains} />
            {data.systems.flatMap(({ system, numbers }) =>
              ownNumbers(numbers).map(([name, value]) => (
                <Figure key={`${system}.${name}`} title={t(`numbers.${name}`, { defaultValue: name })} value={value}>
                  {data.countedAt !== null && (
                    <>
                      {t('countedAt')} <Age of={data.countedAt} />
                    </>
                  )}
                </Figure>
              )),
            )}
            <Figure title={t('unwell')} value={data.health.warning + data.health.critical}>
              <Anchor component={Link} to="/tenant-health">
                {t('critical', { count: data.health.critical })}
              </Anchor>
            </Figure>
            <Figure title={t('deliveries')} value={totalOf(data, 'deliveriesWaiting')}>
              {t('failed', { count: totalOf(data, 'deliveriesFailed') })}
            </Figure>
          </SimpleGrid>
          <CompanyTable overview={data} />
        </Stack>
      )}
    </>
  )
}
