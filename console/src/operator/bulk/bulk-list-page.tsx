import { Anchor, Badge, Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import type { BulkOperation } from './bulk-action.ts'

const readPage = async (cursor: { cursor?: string }) =>
  (await api.GET('/v1/operations/bulk', { params: { query: { limit: 50, ...cursor } } })).data

function useColumns(): Column<BulkOperation>[] {
  const { t } = useTranslation('bulk')
  return [
    {
      name: 'action',
      title: t('action'),
      show: ({ id, action }) => (
        <Anchor component={Link} to={`/bulk/${id}`}>
          {t(`actions.${action.do}`)}
        </Anchor>
      ),
    },
    { name: 'reason', title: t('reason'), show: ({ reason }) => reason },
    { name: 'operator', title: t('operator'), show: ({ operator }) => operator.name },
    { name: 'tenants', title: t('tenants'), align: 'end', show: ({ tenants }) => showNumber(tenants) },
    { name: 'done', title: t('states.done'), align: 'end', show: ({ counts }) => showNumber(counts.done) },
    {
      name: 'other',
      title: t('notDone'),
      align: 'end',
      show: ({ counts }) => showNumber(counts.refused + counts.failed + counts.gone + counts.cancelled),
    },
    { name: 'state', title: t('state'), show: ({ state }) => <Badge variant="default">{t(`operation.${state}`)}</Badge> },
    { name: 'created', title: t('begun'), show: ({ createdAt }) => <Age of={createdAt} /> },
  ]
}

export default function BulkListPage() {
  const { t } = useTranslation('bulk')
  const list = usePages(['bulk'], readPage, useFollowing(['bulk']))
  const columns = useColumns()
  return (
    <>
      <PageHeader title={t('list.title')} about={t('list.about')}>
        <LiveMark at={list.updatedAt} />
      </PageHeader>
      <ProblemAlert error={list.error} />
      {!list.isPending && (
        <DataTable
          caption={t('list.title')}
          columns={columns}
          rows={list.rows}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('list.empty')} why={t('list.emptyWhy')}>
              <Button component={Link} to="/tenants">
                {t('list.choose')}
              </Button>
            </EmptyState>
          }
          {...list.more}
        />
      )}
    </>
  )
}
