import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { fromLocalText, toLocalText } from '../../charts/zoned-time.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const day = 86_400_000

/** All events of a time once more, also those that were never sent: for a receiver that lost some. */
export function Replay({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation(['webhooks', 'common'])
  const [now] = useState(Date.now)
  const [from, setFrom] = useState(() => toLocalText(now - day, ownZone))
  const [to, setTo] = useState(() => toLocalText(now, ownZone))
  const moments = [fromLocalText(from, ownZone), fromLocalText(to, ownZone)] as const
  const [start, end] = moments
  const body = {
    from: start === undefined ? '' : new Date(start).toISOString(),
    to: end === undefined ? '' : new Date(end).toISOString(),
  }
  const isTime = start !== undefined && end !== undefined && start < end
  const replaying = useMutation({
    mutationFn: async () => (await api.POST('/v1/webhooks/{id}/replay', { params: { path: { id } }, body })).data,
    onSuccess: ({ events }) => {
      notifications.show({ message: t('replayed', { count: events }) })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isTime) replaying.mutate()
  }
  const moment = (label: string, value: string, set: (text: string) => void) => (
    <TextInput
      label={label}
      type="datetime-local"
      required
      value={value}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  )
  return (
    <Modal opened onClose={onClose} title={t('replaySpan')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('replayWhat', { zone: ownZone })}</Text>
          {moment(t('common:from'), from, setFrom)}
          {moment(t('common:to'), to, setTo)}
          <ProblemAlert error={replaying.error} />
          <Group justify="space-between">
            <AsCall method="POST" path={`/v1/webhooks/${id}/replay`} body={body} />
            <Button type="submit" loading={replaying.isPending} disabled={!isTime} title={isTime ? undefined : t('replayNoTime')}>
              {t('replayAct')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
