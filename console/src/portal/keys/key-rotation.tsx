import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { byId, type CreatedKey, type Key } from './key-queries.ts'

/** Seconds that both keys work. */
const overlaps = { none: 0, hour: 3_600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 } as const
type Overlap = keyof typeof overlaps

export interface KeyRotationProps {
  readonly apiKey: Key
  readonly onClose: () => void
  readonly onMade: (key: CreatedKey) => void
}

/** A new key that may what the old one may; both work until every program has the new one. */
export function KeyRotation({ apiKey: { id, name }, onClose, onMade }: KeyRotationProps) {
  const { t } = useTranslation(['keys', 'common'])
  const [overlap, setOverlap] = useState<Overlap>('day')
  const body = { overlap: overlaps[overlap] }
  const rotating = useMutation({
    mutationFn: async () => (await api.POST('/v1/keys/{id}/rotate', { params: byId(id), body })).data,
    onSuccess: onMade,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotating.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('rotateOne', { name })} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('rotateWhat')}</Text>
          <Select
            label={t('overlap')}
            data={Object.keys(overlaps).map((each) => ({ value: each, label: t(`overlaps.${each}`) }))}
            value={overlap}
            onChange={(chosen) => chosen !== null && setOverlap(chosen as Overlap)}
            allowDeselect={false}
            data-autofocus
          />
          <ProblemAlert error={rotating.error} />
          <Group justify="space-between">
            <AsCall method="POST" path={`/v1/keys/${id}/rotate`} body={body} />
            <Button type="submit" loading={rotating.isPending}>
              {t('rotate')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
