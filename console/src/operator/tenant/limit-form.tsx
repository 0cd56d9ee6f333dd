import { Button, Group, Modal, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { endOf } from '../bulk/bulk-action.ts'
import { useInside } from './inside.tsx'
import type { Quota } from './quotas-tab.tsx'

/** A limit that is agreed with this tenant alone, for a time or for good. */
export function LimitForm({ quota: { meter, max }, onClose }: { readonly quota: Quota; readonly onClose: () => void }) {
  const { t } = useTranslation(['tenant', 'bulk', 'common'])
  const { params, tenantId, reason: why } = useInside()
  const [value, setValue] = useState<number | ''>(max ?? '')
  const [unlimited, setUnlimited] = useState(max === null)
  const [until, setUntil] = useState('')
  const [reason, setReason] = useState('')
  const body = { value: unlimited || value === '' ? null : value, reason, expiresAt: endOf(until) }
  const path = { tenantId, kind: 'limit', name: meter } as const
  const save = useMutation({
    mutationFn: () => api.PUT('/v1/tenants/{tenantId}/overrides/{kind}/{name}', { params: { ...params, path }, body }),
    onSuccess: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('quotas.change', { name: meter })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('bulk:about.put_override')}</Text>
          <Switch
            label={t('quotas.unlimited')}
            checked={unlimited}
            onChange={(event) => setUnlimited(event.currentTarget.checked)}
          />
          <NumberInput
            label={t('quotas.most')}
            min={0}
            allowDecimal={false}
            allowNegative={false}
            required={!unlimited}
            disabled={unlimited}
            value={value}
            onChange={(given) => setValue(typeof given === 'number' ? given : '')}
          />
          <TextInput
            type="date"
            label={t('bulk:until')}
            description={t('bulk:untilHint')}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          <TextInput
            label={t('bulk:reason')}
            description={t('quotas.reasonHint')}
            required
            minLength={3}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemAlert error={save.error} />
          <Group justify="space-between">
            <AsCall
              method="PUT"
              path={`/v1/tenants/${tenantId}/overrides/limit/${meter}`}
              body={body}
              headers={{ 'Tenantry-Reason': why }}
              command={`plan override ${tenantId} ${meter} ${body.value ?? 'unlimited'} --reason ${quote(reason)}${until && ` --expires ${endOf(until)}`}`}
            />
            <Button type="submit" loading={save.isPending}>
              {t('common:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
