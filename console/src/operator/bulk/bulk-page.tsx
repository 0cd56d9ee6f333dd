import { Badge, Button, Group, Progress, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, items, listAll } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { Age } from '../../components/age.tsx'
import { AsCall } from '../../components/as-call.tsx'
import { csvText } from '../../components/csv-text.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveText } from '../../components/save-file.ts'
import { useFollowing } from '../live/following.ts'
import { LiveMark } from '../live/live-mark.tsx'
import type { BulkOperation } from './bulk-action.ts'
import { BulkResults, resultStates } from './bulk-results.tsx'

const readOperation = async (id: string) => (await api.GET('/v1/operations/bulk/{id}', { params: { path: { id } } })).data
const readResults = (id: string, state?: 'failed') =>
  listAll(
    items(api, '/v1/operations/bulk/{id}/results', { params: { path: { id }, query: { limit: 200, ...(state && { state }) } } }),
    20_000,
  )

export default function BulkPage() {
  const { t } = useTranslation(['bulk', 'common'])
  const { operationId = '' } = useParams({ strict: false }) as { operationId?: string }
  const [{ state }, setSearch] = usePageSearch<'state'>()
  const following = useFollowing(['bulk'], operationId)
  const operation = useQuery({
    queryKey: ['bulk', operationId],
    queryFn: () => readOperation(operationId),
    ...following,
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.state === 'running' ? following.refetchInterval : false,
  })
  const cancel = useMutation({
    mutationFn: () => api.POST('/v1/operations/bulk/{id}/cancel', { params: { path: { id: operationId } } }),
  })
  const csv = useMutation({
    mutationFn: () => readResults(operationId),
    onSuccess: (rows) =>
      saveText(`bulk-${operationId}.csv`, csvText([columns, ...rows.map((row) => columns.map((name) => row[name]))])),
  })
  const { data } = operation
  if (data === undefined) return <ProblemAlert error={operation.error} />
  return (
    <>
      <PageHeader title={t(`actions.${data.action.do}`)} about={data.reason}>
        <LiveMark at={operation.dataUpdatedAt} />
        <Button variant="default" onClick={() => csv.mutate()} loading={csv.isPending}>
          CSV
        </Button>
        <AgainButton operation={data} />
        {data.state === 'running' && (
          <>
            <AsCall method="POST" path={`/v1/operations/bulk/${operationId}/cancel`} />
            <Button color="red" variant="outline" onClick={() => cancel.mutate()} loading={cancel.isPending}>
              {t('stop')}
            </Button>
          </>
        )}
      </PageHeader>
      <ProblemAlert error={operation.error ?? cancel.error ?? csv.error} />
      <Stack mb="md">
        <Group gap="xs">
          <Badge variant="default">{t(`operation.${data.state}`)}</Badge>
          <Text size="sm">{t('by', { name: data.operator.name })}</Text>
          <Text size="sm" c="dimmed">
            <Age of={data.createdAt} />
          </Text>
        </Group>
        <Progressing operation={data} />
        <Select
          label={t('show')}
          placeholder={t('all')}
          data={resultStates.map((each) => ({ value: each, label: t(`states.${each}`) }))}
          value={state ?? null}
          onChange={(value) => setSearch({ state: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('all') }}
          w={220}
        />
      </Stack>
      <BulkResults id={operationId} state={resultStates.find((each) => each === state)} waiting={data.counts.waiting} />
    </>
  )
}

const columns = ['tenantId', 'slug', 'name', 'status', 'state', 'code', 'at'] as const
const colours = { done: 'green', refused: 'yellow', failed: 'red', cancelled: 'gray', gone: 'gray' } as const

/** How far it is: as a bar, and in words for whoever does not see it. */
function Progressing({ operation: { counts, tenants } }: { readonly operation: BulkOperation }) {
  const { t } = useTranslation('bulk')
  const told = resultStates.filter((state) => counts[state] > 0).map((state) => `${t(`states.${state}`)}: ${counts[state]}`)
  return (
    <div role="status" aria-live="polite">
      <Progress.Root size="xl" aria-hidden>
        {(Object.keys(colours) as (keyof typeof colours)[]).map((state) => (
          <Progress.Section key={state} value={(counts[state] / tenants) * 100} color={colours[state]} />
        ))}
      </Progress.Root>
      <Text size="sm" mt={4}>
        {told.join(' · ')}
      </Text>
    </div>
  )
}

/** The same once more, to those where it failed by no fault of theirs. */
function AgainButton({ operation: { id, action, reason, counts } }: { readonly operation: BulkOperation }) {
  const { t } = useTranslation('bulk')
  const navigate = useNavigate()
  const again = useMutation({
    mutationFn: async () => {
      const tenants = (await readResults(id, 'failed')).slice(0, 1_000).map(({ tenantId }) => tenantId)
      const header = { 'Idempotency-Key': crypto.randomUUID() }
      return api.POST('/v1/operations/bulk', { body: { action, selection: { tenants }, reason }, params: { header } })
    },
    onSuccess: ({ data }) => void navigate({ to: `/bulk/${data.id}` }),
  })
  if (counts.failed === 0) return null
  return (
    <Button variant="default" onClick={() => again.mutate()} loading={again.isPending}>
      {t('again', { count: counts.failed })}
    </Button>
  )
}
