import { Button, Group, Modal, SegmentedControl, Stack, Switch, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { reasonHeader } from '../../api/reason.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showTime } from '../../i18n/format.ts'
import type { ActAsButtonProps } from './act-as-button.tsx'

const choices = [15, 30, 60]
const focus = (element: HTMLElement | null) => element?.focus()

export function ActAsDialog({
  tenantId,
  member,
  reason: given = '',
  onClose,
}: ActAsButtonProps & { readonly onClose: () => void }) {
  const { t } = useTranslation(['act-as', 'common'])
  const [reason, setReason] = useState(given)
  const [minutes, setMinutes] = useState('30')
  const [changes, setChanges] = useState(false)
  const body = { minutes: Number(minutes), readOnly: !changes }
  const act = useMutation({
    mutationFn: async () => {
      const path = { tenantId, memberId: member.id }
      const params = { path, header: reasonHeader(reason.trim()) }
      return (await api.POST('/v1/tenants/{tenantId}/members/{memberId}/token', { params, body })).data
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('title', { name: member.name })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {act.data?.url === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            act.mutate()
          }}
        >
          <Stack>
            <Text size="sm">{t('about')}</Text>
            <Textarea
              label={t('reason')}
              description={t('reasonHint')}
              required
              minLength={3}
              maxLength={500}
              autosize
              minRows={2}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
            />
            <div>
              <Text size="sm" fw={500} id="act-as-minutes">
                {t('minutes')}
              </Text>
              <SegmentedControl
                aria-labelledby="act-as-minutes"
                value={minutes}
                onChange={setMinutes}
                data={choices.map((each) => ({ value: String(each), label: t('minutesOf', { count: each }) }))}
              />
            </div>
            <Switch
              label={t('changes')}
              description={t('changesHint')}
              checked={changes}
              onChange={(event) => setChanges(event.currentTarget.checked)}
            />
            <ProblemAlert error={act.error} />
            <Group justify="space-between">
              <AsCall
                method="POST"
                path={`/v1/tenants/${tenantId}/members/${member.id}/token`}
                headers={{ 'Tenantry-Reason': reason }}
                body={body}
              />
              <Button type="submit" loading={act.isPending} disabled={reason.trim().length < 3} color={changes ? 'red' : 'brand'}>
                {changes ? t('begin') : t('beginReading')}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text>{t('ready', { name: member.name, time: showTime(act.data.expiresAt) })}</Text>
          {/* What had the focus is gone: a keyboard goes on here. */}
          <Button component="a" href={act.data.url} target="_blank" rel="noopener noreferrer" onClick={onClose} ref={focus}>
            {t('open', { tenant: act.data.tenant.name })}
          </Button>
        </Stack>
      )}
    </Modal>
  )
}
