import { Anchor, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { boot } from '../../boot.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { StatusBadge } from '../tenants/tenant-badges.tsx'
import { countedNames, type Overview } from './overview-query.ts'

const readPage = async (cursor: { cursor?: string }) =>
  (await api.GET('/v1/tenants/stats', { params: { query: { limit: 50, ...cursor } } })).data
type Row = Awaited<ReturnType<typeof readPage>>['items'][number]

const suffix = new URL(boot.base).hostname

function useColumns(counted: readonly string[]): Column<Row>[] {
  const { t } = useTranslation('overview')
  return [
    {
      name: 'company',
      title: t('company'),
      show: ({ id, name }) => (
        <Anchor component={Link} to={`/tenants/${id}`}>
          {name}
        </Anchor>
      ),
    },
    ...counted.map(
      (name): Column<Row> => ({
        name,
        title: t(`numbers.${name}`, { defaultValue: name }),
        align: 'end',
        show: ({ numbers }) => (numbers[name] === undefined ? '' : showNumber(numbers[name])),
      }),
    ),
    { name: 'domain', title: t('domain'), show: ({ domain, slug }) => domain ?? `${slug}.${suffix}` },
    { name: 'status', title: t('status'), show: ({ status }) => <StatusBadge status={status} suspension={null} /> },
    { name: 'counted', title: t('counted'), show: ({ refreshedAt }) => refreshedAt && <Age of={refreshedAt} /> },
  ]
}

/** Company, what it has, domain and status: each number as it was counted within a quarter of an hour. */
export function CompanyTable({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation(['overview', 'tenants'])
  const list = usePages(['tenants', 'stats'], readPage)
  const columns = useColumns(countedNames(overview))
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('companies')}
      </Title>
      <ProblemAlert error={list.error} />
      {!list.isPending && (
        <DataTable
          caption={t('companies')}
          columns={columns}
          rows={list.rows}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('tenants:empty.title')} why={t('tenants:empty.why')} />}
          {...list.more}
        />
      )}
    </section>
  )
}
