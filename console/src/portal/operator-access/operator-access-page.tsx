import { Badge, Button, SegmentedControl } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { may, useSession } from '../../app/session.ts'
import { Age, UpdatedAt } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showTime } from '../../i18n/format.ts'

type Query = { running?: boolean; cursor?: string }
const readPage = async (query: Query) => (await api.GET('/v1/operator-access', { params: { query } })).data
type Access = Awaited<ReturnType<typeof readPage>>['items'][number]

function useColumns(end: (id: string) => void, mayEnd: boolean): Column<Access>[] {
  const { t } = useTranslation('operator-access')
  return [
    { name: 'operator', title: t('operator'), show: ({ operatorName }) => operatorName },
    { name: 'member', title: t('member'), show: ({ memberName }) => memberName ?? t('gone') },
    { name: 'reason', title: t('reason'), show: ({ reason }) => reason },
    { name: 'may', title: t('may'), show: ({ readOnly }) => (readOnly ? t('look') : t('change')) },
    { name: 'began', title: t('began'), show: ({ createdAt }) => <Age of={createdAt} /> },
    {
      name: 'until',
      title: t('until'),
      show: ({ running, expiresAt, endedAt }) =>
        running ? <Badge color="red">{t('running', { time: showTime(expiresAt) })}</Badge> : showTime(endedAt ?? expiresAt),
    },
    {
      name: 'end',
      title: t('actions'),
      show: ({ id, running, operatorName }) =>
        running && (
          <Button
            size="compact-sm"
            color="red"
            variant="outline"
            disabled={!mayEnd}
            title={mayEnd ? undefined : t('mayNot')}
            aria-label={t('endOf', { name: operatorName })}
            onClick={() => end(id)}
          >
            {t('end')}
          </Button>
        ),
    },
  ]
}

export default function OperatorAccessPage() {
  const { t } = useTranslation('operator-access')
  const [search, setSearch] = usePageSearch<'show'>()
  const session = useSession()
  const query: Query = search.show === 'running' ? { running: true } : {}
  const list = usePages(['operator-access', query], (cursor) => readPage({ ...query, ...cursor }))
  const end = useMutation({
    mutationFn: (id: string) => api.POST('/v1/operator-access/{id}/end', { params: { path: { id } } }),
  })
  const columns = useColumns(end.mutate, may(session, 'settings:secure'))
  return (
    <>
      <PageHeader title={t('title')} about={t('about')}>
        <UpdatedAt at={list.updatedAt} />
        <SegmentedControl
          aria-label={t('show')}
          value={search.show ?? 'all'}
          onChange={(show) => setSearch({ show: show === 'all' ? undefined : show })}
          data={[
            { value: 'all', label: t('all') },
            { value: 'running', label: t('runningOnly') },
          ]}
        />
      </PageHeader>
      <ProblemAlert error={list.error ?? end.error} />
      {!list.isPending && (
        <DataTable
          caption={t('title')}
          columns={columns}
          rows={list.rows}
          keyOf={({ id }) => id}
          empty={<EmptyState title={t('empty')} why={t('emptyWhy')} />}
          {...list.more}
        />
      )}
    </>
  )
}
