import { Badge, Code } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber } from '../../i18n/format.ts'
import { SourceSelect } from './source-select.tsx'

const readMigrations = async () => (await api.GET('/v1/operations/migrations')).data.items
type Migration = Awaited<ReturnType<typeof readMigrations>>[number]

function useColumns(): Column<Migration>[] {
  const { t } = useTranslation('operations')
  return [
    { name: 'source', title: t('migrations.source'), show: ({ source }) => source },
    { name: 'name', title: t('migrations.name'), show: ({ name }) => <Code>{name}</Code> },
    { name: 'applied', title: t('migrations.applied'), show: ({ appliedAt }) => <Age of={appliedAt} /> },
    {
      name: 'took',
      title: t('migrations.took'),
      align: 'end',
      show: ({ milliseconds }) => showNumber(milliseconds, { style: 'unit', unit: 'millisecond' }),
    },
    {
      name: 'contracts',
      title: t('migrations.contracts'),
      show: ({ contracts }) => contracts && <Badge color="yellow">{t('migrations.contracts')}</Badge>,
    },
  ]
}

export default function MigrationsPage() {
  const { t } = useTranslation('operations')
  const [search, setSearch] = usePageSearch<'source'>()
  const { data, error } = useQuery({ queryKey: ['migrations'], queryFn: readMigrations })
  const columns = useColumns()
  const sources = [...new Set(data?.map(({ source }) => source))].sort()
  return (
    <>
      <PageHeader title={t('migrations.title')} about={t('migrations.about')}>
        <SourceSelect sources={sources} value={search.source} onChange={(source) => setSearch({ source })} />
      </PageHeader>
      <ProblemAlert error={error} />
      {data && (
        <DataTable
          caption={t('migrations.title')}
          columns={columns}
          rows={data.filter(({ source }) => search.source === undefined || source === search.source)}
          keyOf={({ source, name }) => `${source}/${name}`}
          empty={<EmptyState title={t('migrations.none')} why={t('migrations.noneWhy')} />}
        />
      )}
    </>
  )
}
