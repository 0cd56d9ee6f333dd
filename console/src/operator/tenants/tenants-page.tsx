import { Anchor, Button, Checkbox, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { BulkForm } from '../bulk/bulk-form.tsx'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { FullestQuota } from './fullest-quota.tsx'
import { SavedViews } from './saved-views.tsx'
import { HealthBadge, StatusBadge } from './tenant-badges.tsx'
import { filterOf, sortOf, type TenantQuery, type TenantRow, type TenantSearch } from './tenant-filter.ts'
import { TenantFilters } from './tenant-filters.tsx'

const readPage = async (query: TenantQuery) => (await api.GET('/v1/tenants', { params: { query } })).data
const readNumbers = async (ids: readonly string[]) =>
  (await api.GET('/v1/tenants/stats', { params: { query: { ids: ids.join(','), limit: 200 } } })).data.items
type TenantSummary = Awaited<ReturnType<typeof readNumbers>>[number]
const readCsv = async (query: TenantQuery) => {
  const { data } = await api.GET('/v1/tenants', { params: { query }, headers: { accept: 'text/csv' }, parseAs: 'blob' })
  return data as unknown as Blob
}

function useColumns(selected: ReadonlySet<string>, toggle: (id: string) => void, numbers: Numbers): Column<TenantRow>[] {
  const { t } = useTranslation('tenants')
  return [
    {
      name: 'select',
      title: t('columns.select'),
      show: ({ id, name }) => (
        <Checkbox aria-label={t('select', { name })} checked={selected.has(id)} onChange={() => toggle(id)} />
      ),
    },
    {
      name: 'name',
      title: t('columns.name'),
      show: ({ id, name, slug }) => (
        <>
          <Anchor component={Link} to={`/tenants/${id}`}>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {slug}
          </Text>
        </>
      ),
    },
    { name: 'system', title: t('columns.system'), show: ({ system }) => system },
    { name: 'tier', title: t('columns.tier'), show: ({ tier }) => tier },
    { name: 'status', title: t('columns.status'), show: (row) => <StatusBadge {...row} /> },
    { name: 'health', title: t('columns.health'), show: ({ health }) => <HealthBadge health={health} /> },
    {
      name: 'members',
      title: t('columns.members'),
      align: 'end',
      show: ({ id }) => {
        const members = numbers.get(id)?.numbers.members
        return members === undefined ? '' : showNumber(members)
      },
    },
    {
      name: 'usage',
      title: t('columns.usage'),
      show: ({ id }) => {
        const fullest = numbers.get(id)?.fullest
        return fullest ? <FullestQuota {...fullest} /> : null
      },
    },
    { name: 'created', title: t('columns.created'), show: ({ createdAt }) => <Age of={createdAt} /> },
  ]
}

export default function TenantsPage() {
  const { t } = useTranslation(['tenants', 'common'])
  const [search] = usePageSearch<TenantSearch>()
  const [filter, sort] = [filterOf(search), sortOf(search)]
  const following = useFollowing(['tenants', 'health'])
  const list = usePages(['tenants', filter, sort], (cursor) => readPage({ ...filter, sort, ...cursor }), following)
  const count = useQuery({
    queryKey: ['tenants', 'count', filter],
    queryFn: async () => (await api.GET('/v1/tenants/count', { params: { query: filter } })).data.tenants,
    ...following,
  })
  const csv = useMutation({ mutationFn: () => readCsv({ ...filter, sort }), onSuccess: (file) => saveBlob('tenants.csv', file) })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [bulk, { open, close }] = useDisclosure(false)
  const toggle = (id: string) => setSelected((before) => toggled(before, id))
  const columns = useColumns(selected, toggle, useNumbers(list.rows))
  const all = count.data ?? 0
  const selection = selected.size > 0 ? { tenants: [...selected] } : { filter }
  const chosen = selected.size > 0 ? selected.size : all
  return (
    <>
      <PageHeader title={t('title')} {...(count.data !== undefined && { about: t('count', { count: all }) })}>
        <LiveMark at={list.updatedAt} />
        <SavedViews />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => csv.mutate()}
          loading={csv.isPending}
        >
          CSV
        </Button>
        <Button component={Link} to="/tenants/new" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('new.title')}
        </Button>
      </PageHeader>
      <TenantFilters />
      <ProblemAlert error={list.error ?? csv.error} />
      <Group mb="sm" gap="xs" aria-live="polite">
        <Button
          variant="default"
          onClick={() => setSelected(new Set(list.rows.map(({ id }) => id)))}
          disabled={list.rows.length === 0}
        >
          {t('selectShown', { count: list.rows.length })}
        </Button>
        <Button variant="default" onClick={() => setSelected(new Set())} disabled={selected.size === 0}>
          {t('selectNone')}
        </Button>
        <Button variant={selected.size > 0 ? 'filled' : 'default'} onClick={open} disabled={chosen === 0}>
          {selected.size > 0 ? t('bulkSelected', { count: chosen }) : t('bulkAll', { count: chosen })}
        </Button>
      </Group>
      {!list.isPending && (
        <DataTable
          caption={t('title')}
          columns={columns}
          rows={list.rows}
          keyOf={({ id }) => id}
          empty={<NoTenants isFiltered={Object.keys(filter).length > 0} />}
          {...list.more}
        />
      )}
      {bulk && <BulkForm selection={selection} count={chosen} onClose={close} />}
    </>
  )
}

function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : new Set([...ids, id])
}

type Numbers = ReadonlyMap<string, TenantSummary>

/** Counted for the tenants that are shown, and not for all: they come a moment after the list. */
function useNumbers(rows: readonly TenantRow[]): Numbers {
  const ids = rows.slice(-200).map(({ id }) => id)
  const stats = useQuery({
    queryKey: ['tenants', 'numbers', ids],
    queryFn: () => readNumbers(ids),
    enabled: ids.length > 0,
    staleTime: 60_000,
  })
  return new Map(stats.data?.map((summary) => [summary.id, summary]))
}

function NoTenants({ isFiltered }: { readonly isFiltered: boolean }) {
  const { t } = useTranslation('tenants')
  const [, setSearch] = usePageSearch<TenantSearch>()
  const clear = () => setSearch({ search: undefined, status: undefined, system: undefined, tier: undefined, health: undefined })
  if (isFiltered)
    return (
      <EmptyState title={t('empty.filtered')} why={t('empty.filteredWhy')}>
        <Button onClick={clear}>{t('clearAll')}</Button>
      </EmptyState>
    )
  return (
    <EmptyState title={t('empty.title')} why={t('empty.why')}>
      <Button component={Link} to="/tenants/new">
        {t('new.title')}
      </Button>
    </EmptyState>
  )
}
