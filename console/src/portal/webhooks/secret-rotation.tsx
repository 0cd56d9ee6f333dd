import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import type { WebhookWithSecret } from './webhook-queries.ts'

export interface SecretRotationProps {
  readonly id: string
  readonly onClose: () => void
  readonly onMade: (webhook: WebhookWithSecret) => void
}

/** A new secret; both sign until the overlap is over, so that no delivery is refused. */
export function SecretRotation({ id, onClose, onMade }: SecretRotationProps) {
  const { t } = useTranslation(['webhooks', 'common'])
  const [overlapHours, setOverlap] = useState<number | string>(24)
  const body = { overlapHours: Number(overlapHours) }
  const rotating = useMutation({
    mutationFn: async () => (await api.POST('/v1/webhooks/{id}/rotate', { params: { path: { id } }, body })).data,
    onSuccess: onMade,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotating.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('rotate')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('rotateWhat')}</Text>
          <NumberInput
            label={t('overlapHours')}
            required
            min={0}
            max={168}
            allowDecimal={false}
            value={overlapHours}
            onChange={setOverlap}
            data-autofocus
          />
          <ProblemAlert error={rotating.error} />
          <Group justify="space-between">
            <AsCall method="POST" path={`/v1/webhooks/${id}/rotate`} body={body} />
            <Button type="submit" loading={rotating.isPending} disabled={overlapHours === ''}>
              {t('rotate')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
