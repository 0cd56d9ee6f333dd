import { Anchor, Code, SimpleGrid, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { UpdatedAt } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber } from '../../i18n/format.ts'
import { Figure } from '../overview/figure.tsx'
import { Since } from './since.tsx'

const readOutbox = async () => (await api.GET('/v1/operations/outbox')).data
type Outbox = Awaited<ReturnType<typeof readOutbox>>

function useKindColumns(): Column<Outbox['recurring'][number]>[] {
  const { t } = useTranslation('operations')
  return [
    { name: 'kind', title: t('background.kind'), show: ({ kind }) => <Code>{kind}</Code> },
    ...(['objects', 'active', 'overdue'] as const).map((figure) => ({
      name: figure,
      title: t(`background.${figure}`),
      align: 'end' as const,
      show: (row: Outbox['recurring'][number]) => showNumber(row[figure]),
    })),
    { name: 'oldest', title: t('oldest'), align: 'end', show: ({ oldestSeconds }) => <Since seconds={oldestSeconds} /> },
  ]
}

function useLateColumns(): Column<Outbox['late'][number]>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'tenant',
      title: t('tenant'),
      show: ({ tenantId, slug }) => (
        <Anchor component={Link} to={`/tenants/${tenantId}`}>
          {slug}
        </Anchor>
      ),
    },
    { name: 'seconds', title: t('oldest'), align: 'end', show: ({ seconds }) => <Since seconds={seconds} /> },
  ]
}

export default function BackgroundPage() {
  const { t } = useTranslation('operations')
  const { data, error, dataUpdatedAt } = useQuery({ queryKey: ['outbox'], queryFn: readOutbox, refetchInterval: 5_000 })
  const kindColumns = useKindColumns()
  const lateColumns = useLateColumns()
  return (
    <>
      <PageHeader title={t('background.title')} about={t('background.about')}>
        <UpdatedAt at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error} />
      {data && (
        <Stack gap="xl">
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Figure title={t('background.waitingTenants')} value={data.waitingTenants}>
              {t('oldest')}: <Since seconds={data.oldestSeconds} />
            </Figure>
          </SimpleGrid>
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('background.late')}
            </Title>
            <DataTable
              caption={t('background.late')}
              columns={lateColumns}
              rows={data.late}
              keyOf={({ tenantId }) => tenantId}
              empty={<EmptyState title={t('background.nothingLate')} why={t('background.nothingLateWhy')} />}
            />
          </section>
          <section>
            <Title order={2} size="h4" mb="sm">
              {t('background.recurring')}
            </Title>
            <DataTable
              caption={t('background.recurring')}
              columns={kindColumns}
              rows={data.recurring}
              keyOf={({ kind }) => kind}
              empty={<EmptyState title={t('background.noWork')} why={t('background.noWorkWhy')} />}
            />
          </section>
        </Stack>
      )}
    </>
  )
}
