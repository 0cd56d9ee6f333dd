import { Anchor, Button, Code, Group, Stack, Title } from '@mantine/core'
import { IconRotate } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showNumber } from '../../i18n/format.ts'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { Since } from './since.tsx'

const readJobs = async () => (await api.GET('/v1/operations/jobs')).data
type Jobs = Awaited<ReturnType<typeof readJobs>>

function useQueueColumns(): Column<Jobs['queues'][number]>[] {
  const { t } = useTranslation('operations')
  const figures = ['waiting', 'later', 'active', 'retrying', 'done'] as const
  return [
    { name: 'name', title: t('jobs.queue'), show: ({ name }) => <Code>{name}</Code> },
    ...figures.map((figure) => ({
      name: figure,
      title: t(`jobs.${figure}`),
      align: 'end' as const,
      show: (queue: Jobs['queues'][number]) => showNumber(queue[figure]),
    })),
    { name: 'oldest', title: t('oldest'), align: 'end', show: ({ oldestSeconds }) => <Since seconds={oldestSeconds} /> },
  ]
}

function useDeadColumns(revive: (id: string) => void): Column<Jobs['dead'][number]>[] {
  const { t } = useTranslation('operations')
  return [
    { name: 'name', title: t('jobs.queue'), show: ({ name }) => <Code>{name}</Code> },
    {
      name: 'tenant',
      title: t('tenant'),
      show: ({ tenantId, slug }) =>
        slug === null ? (
          t('gone')
        ) : (
          <Anchor component={Link} to={`/tenants/${tenantId}`}>
            {slug}
          </Anchor>
        ),
    },
    { name: 'ref', title: t('jobs.ref'), show: ({ ref }) => <Code>{ref}</Code> },
    { name: 'code', title: t('jobs.code'), show: ({ code }) => <Code>{code}</Code> },
    { name: 'at', title: t('jobs.at'), show: ({ at }) => <Age of={at} /> },
    {
      name: 'revive',
      title: t('action'),
      show: ({ id, name }) => (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRotate size={16} aria-hidden />}
          onClick={() => revive(id)}
          aria-label={t('jobs.reviveOf', { name })}
        >
          {t('jobs.revive')}
        </Button>
      ),
    },
  ]
}

export default function JobsPage() {
  const { t } = useTranslation('operations')
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['jobs'],
    queryFn: readJobs,
    ...useFollowing(['jobs']),
    // What failed to the end is told of; how the queues fare changes with every job.
    refetchInterval: 5_000,
  })
  const revive = useMutation({ mutationFn: (ids: string[]) => api.POST('/v1/operations/jobs/revive', { body: { ids } }) })
  const queueColumns = useQueueColumns()
  const deadColumns = useDeadColumns((id) => revive.mutate([id]))
  const ids = data?.dead.map(({ id }) => id) ?? []
  return (
    <>
      <PageHeader title={t('jobs.title')} about={t('jobs.about')}>
        <LiveMark at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error ?? revive.error} />
      {data && (
        <Stack gap="xl">
          <DataTable
            caption={t('jobs.queues')}
            columns={queueColumns}
            rows={data.queues}
            keyOf={({ name }) => name}
            empty={<EmptyState title={t('jobs.noQueues')} why={t('jobs.noQueuesWhy')} />}
          />
          <section>
            <Group justify="space-between" mb="sm">
              <Title order={2} size="h4">
                {t('jobs.dead')}
              </Title>
              {ids.length > 0 && (
                <Group gap="xs">
                  <AsCall method="POST" path="/v1/operations/jobs/revive" body={{ ids }} />
                  <Button onClick={() => revive.mutate(ids)} loading={revive.isPending}>
                    {t('jobs.reviveAll', { count: ids.length })}
                  </Button>
                </Group>
              )}
            </Group>
            <DataTable
              caption={t('jobs.dead')}
              columns={deadColumns}
              rows={data.dead}
              keyOf={({ id }) => id}
              empty={<EmptyState title={t('jobs.noDead')} why={t('jobs.noDeadWhy')} />}
            />
          </section>
        </Stack>
      )}
    </>
  )
}
