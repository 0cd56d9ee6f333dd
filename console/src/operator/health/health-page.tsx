import { Anchor, Badge, Group, SegmentedControl } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { HealthBadge } from '../tenants/tenant-badges.tsx'

const states = ['critical', 'warning', 'healthy'] as const
type Query = { state?: (typeof states)[number]; cursor?: string }
const readPage = async (query: Query) => (await api.GET('/v1/tenants/health', { params: { query } })).data
type Row = Awaited<ReturnType<typeof readPage>>['items'][number]

function useColumns(): Column<Row>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'tenant',
      title: t('tenant'),
      show: ({ id, name }) => (
        <Anchor component={Link} to={`/tenants/${id}`} search={{ tab: 'health' } as never}>
          {name}
        </Anchor>
      ),
    },
    { name: 'state', title: t('health.state'), show: ({ state }) => <HealthBadge health={state} /> },
    {
      name: 'codes',
      title: t('health.reasons'),
      show: ({ codes }) => (
        <Group gap={4}>
          {codes.map((code) => (
            <Badge key={code} variant="default">
              {t(`health.codes.${code}`, { defaultValue: code })}
            </Badge>
          ))}
        </Group>
      ),
    },
    { name: 'since', title: t('health.since'), show: ({ since }) => <Age of={since} /> },
  ]
}

export default function HealthPage() {
  const { t } = useTranslation(['operations', 'tenants'])
  const [search, setSearch] = usePageSearch<'state'>()
  const state = states.find((each) => each === search.state)
  const query: Query = state === undefined ? {} : { state }
  const list = usePages(['health', query], (cursor) => readPage({ ...query, ...cursor }), useFollowing(['health']))
  const columns = useColumns()
  return (
    <>
      <PageHeader title={t('health.title')} about={t('health.about')}>
        <LiveMark at={list.updatedAt} />
        <SegmentedControl
          aria-label={t('health.state')}
          value={state ?? 'all'}
          onChange={(chosen) => setSearch({ state: chosen === 'all' ? undefined : chosen })}
          data={[
            { value: 'all', label: t('health.all') },
            ...states.map((each) => ({ value: each, label: t(`tenants:health.${each}`) })),
          ]}
        />
      </PageHeader>
      <ProblemAlert error={list.error} />
      {!list.isPending && (
        <DataTable
          caption={t('health.title')}
          columns={columns}
          rows={list.rows}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('health.none')} why={t('health.noneWhy')} />}
          {...list.more}
        />
      )}
    </>
  )
}
