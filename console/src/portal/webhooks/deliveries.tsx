import { Badge, Group, SegmentedControl, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconHistory, IconRepeat } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { ActButton } from '../../components/act-button.tsx'
import { Age } from '../../components/age.tsx'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePages } from '../../components/use-pages.ts'
import { showNumber } from '../../i18n/format.ts'
import { OutcomeText } from './outcome-text.tsx'
import { Replay } from './replay.tsx'
import { type Delivery, type DeliveryState, deliveryStates, look, type Webhook } from './webhook-queries.ts'

const colours = { waiting: 'blue', delivered: 'green', failed: 'red' } as const

/** What was sent to an endpoint, and how it went; each can be sent again. */
export function Deliveries({ webhook: { id }, whyNot }: { readonly webhook: Webhook; readonly whyNot: string | undefined }) {
  const { t } = useTranslation(['webhooks', 'common'])
  const [search, setSearch] = usePageSearch<'state'>()
  const state = deliveryStates.find((each) => each === search.state)
  const filter: { state?: DeliveryState } = state === undefined ? {} : { state }
  const { rows, error, isPending, more } = usePages<Delivery>(
    ['webhooks', id, 'deliveries', filter],
    async (cursor) =>
      (await api.GET('/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { ...filter, ...cursor } } })).data,
    { refetchInterval: look },
  )
  const [replaying, setReplaying] = useState(false)
  const again = useMutation({
    mutationFn: (eventId: string) =>
      api.POST('/v1/webhooks/{id}/deliveries/{eventId}/replay', { params: { path: { id, eventId } } }),
    onSuccess: () => notifications.show({ message: t('sentAgain') }),
  })
  const columns = useColumns(whyNot, again.mutate)
  const states = ['all', ...deliveryStates].map((value) => ({ value, label: t(`deliveryStates.${value}`) }))
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t('deliveries')}
        </Title>
        <ActButton
          variant="default"
          whyNot={whyNot}
          leftSection={<IconHistory size={16} aria-hidden />}
          onClick={() => setReplaying(true)}
        >
          {t('replaySpan')}
        </ActButton>
      </Group>
      <SegmentedControl
        aria-label={t('deliveryState')}
        data={states}
        value={state ?? 'all'}
        onChange={(value) => setSearch({ state: value === 'all' ? undefined : value })}
        mb="xs"
      />
      <ProblemAlert error={error ?? again.error} />
      {!isPending && !error && (
        <DataTable
          caption={t('deliveries')}
          columns={columns}
          rows={rows}
          keyOf={({ eventId }) => eventId}
          empty={<EmptyState title={t('noDeliveries')} why={t('noDeliveriesWhy')} />}
          {...more}
        />
      )}
      {replaying && <Replay id={id} onClose={() => setReplaying(false)} />}
    </section>
  )
}

function useColumns(whyNot: string | undefined, onAgain: (eventId: string) => void): Column<Delivery>[] {
  const { t } = useTranslation('webhooks')
  return [
    {
      name: 'type',
      title: t('event'),
      show: ({ type, eventId }) => (
        <>
          {type}
          <Text size="xs" c="dimmed" ff="monospace">
            {eventId}
          </Text>
        </>
      ),
    },
    { name: 'at', title: t('happened'), show: ({ eventAt }) => <Age of={eventAt} /> },
    {
      name: 'state',
      title: t('state'),
      show: ({ state, nextAt }) => (
        <>
          <Badge variant="dot" color={colours[state]}>
            {t(`deliveryStates.${state}`)}
          </Badge>
          {state === 'waiting' && nextAt !== null && (
            <Text size="xs" c="dimmed">
              {t('nextTry')} <Age of={nextAt} />
            </Text>
          )}
        </>
      ),
    },
    {
      name: 'outcome',
      title: t('lastOutcome'),
      show: ({ lastCode, lastMillis }) => (
        <>
          <OutcomeText code={lastCode} />
          {lastMillis !== null && (
            <Text size="xs" c="dimmed">
              {showNumber(lastMillis, { style: 'unit', unit: 'millisecond' })}
            </Text>
          )}
        </>
      ),
    },
    { name: 'attempts', title: t('attempts'), align: 'end', show: ({ attempts }) => showNumber(attempts) },
    {
      name: 'again',
      title: t('again'),
      align: 'end',
      show: ({ eventId, type }) => (
        <ActButton
          variant="default"
          size="compact-sm"
          whyNot={whyNot}
          leftSection={<IconRepeat size={14} aria-hidden />}
          aria-label={t('againOne', { type })}
          onClick={() => onAgain(eventId)}
        >
          {t('again')}
        </ActButton>
      ),
    },
  ]
}
