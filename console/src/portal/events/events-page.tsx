import { Button, Code, Group, TextInput } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { followStream } from '../../api/event-stream.ts'
import { usePageSearch } from '../../app/search.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'

type Event = components['schemas']['Event']

/** Older ones leave the page; the audit log has them. */
const most = 200

/** What happened before the page was opened. */
const newestQuery = {
  queryKey: ['events', 'newest'],
  queryFn: async () => (await api.GET('/v1/events', { params: { query: { order: 'newest', limit: 50 } } })).data.items,
  staleTime: 0,
  gcTime: 0,
} as const

function useColumns(): Column<Event>[] {
  const { t } = useTranslation('events')
  return [
    { name: 'at', title: t('at'), show: ({ at }) => <time dateTime={at}>{showTime(at)}</time> },
    { name: 'type', title: t('type'), show: ({ type }) => <Code>{type}</Code> },
    { name: 'object', title: t('object'), show: ({ objectId }) => <Code>{objectId}</Code> },
    {
      name: 'data',
      title: t('data'),
      show: ({ data }) => <Code style={{ overflowWrap: 'anywhere' }}>{JSON.stringify(data)}</Code>,
    },
  ]
}

/** What happens here, as it happens: what a webhook would be sent. */
export default function EventsPage() {
  const { t } = useTranslation(['events', 'pages'])
  const [{ type = '' }, setSearch] = usePageSearch<'type'>()
  const earlier = useQuery(newestQuery)
  const [live, setLive] = useState<readonly Event[]>([])
  const [isPaused, setPaused] = useState(false)
  const columns = useColumns()
  useEffect(() => {
    if (isPaused) return
    const gone = new AbortController()
    const tell = (told: { readonly type: string; readonly data: unknown }) => {
      if (told.type === 'event') setLive((others) => [told.data as Event, ...others].slice(0, most))
    }
    void followStream('/v1/events/stream', tell, gone.signal)
    return () => gone.abort()
  }, [isPaused])
  // What happened while the page was being opened is told by both.
  const events = [...new Map([...live, ...(earlier.data ?? [])].map((event) => [event.id, event])).values()]
  return (
    <>
      <PageHeader title={t('pages:events')} about={t('about')}>
        <Button
          variant="default"
          leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
          onClick={() => setPaused((was) => !was)}
        >
          {isPaused ? t('goOn') : t('pause')}
        </Button>
      </PageHeader>
      <ProblemAlert error={earlier.error} />
      <Group mb="md" role="search">
        <TextInput
          label={t('type')}
          placeholder="platform.member.*"
          maxLength={120}
          value={type}
          onChange={(event) => setSearch({ type: event.currentTarget.value || undefined })}
        />
      </Group>
      <div aria-live="polite">
        <DataTable
          caption={t('pages:events')}
          columns={columns}
          rows={events.filter((event) => fits(event.type, type))}
          keyOf={({ id }) => id}
          empty={<EmptyState title={isPaused ? t('paused') : t('waiting')} why={t('waitingWhy')} />}
        />
      </div>
    </>
  )
}

/** `bms.*` and `bms.` are all that begins so. */
function fits(type: string, wanted: string): boolean {
  return type.startsWith(wanted.trim().replace(/\*$/, ''))
}
