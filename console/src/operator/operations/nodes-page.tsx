import { Badge, Code } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'

const readNodes = async () => (await api.GET('/v1/operations/nodes')).data.items
type Node = Awaited<ReturnType<typeof readNodes>>[number]

function useColumns(): Column<Node>[] {
  const { t } = useTranslation('operations')
  return [
    {
      name: 'host',
      title: t('nodes.host'),
      show: ({ host, answers }) => (
        <>
          {host} {answers && <Badge variant="default">{t('nodes.answers')}</Badge>}
        </>
      ),
    },
    { name: 'version', title: t('nodes.version'), show: ({ version }) => <Code>{version}</Code> },
    {
      name: 'state',
      title: t('nodes.state'),
      show: ({ silent }) => (
        <Badge variant="dot" color={silent ? 'red' : 'green'}>
          {t(silent ? 'nodes.silent' : 'nodes.runs')}
        </Badge>
      ),
    },
    { name: 'started', title: t('nodes.started'), show: ({ startedAt }) => <Age of={startedAt} /> },
    { name: 'seen', title: t('nodes.seen'), show: ({ seenAt }) => <Age of={seenAt} /> },
  ]
}

export default function NodesPage() {
  const { t } = useTranslation('operations')
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['nodes'],
    queryFn: readNodes,
    ...useFollowing(['nodes']),
    // Which come and go is told of; that one is still there it says itself, every ten seconds.
    refetchInterval: 10_000,
  })
  const columns = useColumns()
  return (
    <>
      <PageHeader title={t('nodes.title')} about={t('nodes.about')}>
        <LiveMark at={dataUpdatedAt} />
      </PageHeader>
      <ProblemAlert error={error} />
      {data && <DataTable caption={t('nodes.title')} columns={columns} rows={data} keyOf={({ id }) => id} empty={null} />}
    </>
  )
}
