import { Anchor, Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { reasonHeader } from '../../api/reason.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'

const readRunning = async () => (await api.GET('/v1/operations/operator-access')).data.items
type Running = Awaited<ReturnType<typeof readRunning>>[number]

function useColumns(end: (running: Running) => void): Column<Running>[] {
  const { t } = useTranslation('operations')
  return [
    { name: 'operator', title: t('running.operator'), show: ({ operatorName }) => operatorName },
    {
      name: 'tenant',
      title: t('tenant'),
      show: ({ tenant: { id, name } }) => (
        <Anchor component={Link} to={`/tenants/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { name: 'may', title: t('running.may'), show: ({ readOnly }) => (readOnly ? t('running.look') : t('running.change')) },
    { name: 'began', title: t('running.began'), show: ({ createdAt }) => <Age of={createdAt} /> },
    { name: 'until', title: t('running.until'), show: ({ expiresAt }) => showTime(expiresAt) },
    {
      name: 'end',
      title: t('action'),
      show: (running) => (
        <Button
          size="compact-sm"
          color="red"
          variant="outline"
          onClick={() => end(running)}
          aria-label={t('running.endOf', { name: running.operatorName })}
        >
          {t('running.end')}
        </Button>
      ),
    },
  ]
}

export default function RunningAccessPage() {
  const { t } = useTranslation('operations')
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['running'],
    queryFn: readRunning,
    ...useFollowing(['access']),
    // Time alone ends them as well, and nobody says so.
    refetchInterval: 5_000,
  })
  const end = useMutation({
    mutationFn: ({ id, tenant }: Running) =>
      api.POST('/v1/tenants/{tenantId}/operator-access/{id}/end', {
        params: { path: { tenantId: tenant.id, id }, header: reasonHeader(t('running.reason')) },
      }),
  })
  const columns = useColumns(end.mutate)
  return (
    <>
      <PageHeader title={t('running.title')} about={t('running.about')}>
        <LiveMark at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error ?? end.error} />
      {data && (
        <DataTable
          caption={t('running.title')}
          columns={columns}
          rows={data}
          keyOf={({ id }) => id}
          empty={
            <EmptyState title={t('running.none')} why={t('running.noneWhy')}>
              <Button component={Link} to="/tenants">
                {t('running.toTenants')}
              </Button>
            </EmptyState>
          }
        />
      )}
    </>
  )
}
