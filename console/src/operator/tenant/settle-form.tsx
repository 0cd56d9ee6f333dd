import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall, quote } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showMoney } from '../../i18n/format.ts'
import { useInside } from './inside.tsx'

export const settlements = ['paid', 'failed', 'void'] as const

export interface SettleFormProps {
  readonly invoice: components['schemas']['Invoice']
  readonly as: (typeof settlements)[number]
  readonly onClose: () => void
}

/** What became of the payment of an invoice, from outside of the payment provider. */
export function SettleForm({ invoice: { id, number, totalMinor, currency }, as, onClose }: SettleFormProps) {
  const { t } = useTranslation(['tenant', 'common'])
  const { params, tenantId, reason } = useInside()
  const [reference, setReference] = useState('')
  const body = reference === '' ? {} : { reference }
  const settle = useMutation({
    mutationFn: () => {
      const header = { ...params.header, 'Idempotency-Key': crypto.randomUUID() }
      return api.POST(`/v1/tenants/{tenantId}/invoices/{id}/${as}`, { params: { path: { tenantId, id }, header }, body })
    },
    onSuccess: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    settle.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('billing.settling', { act: t(`billing.settle.${as}`), number: number ?? '' })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t(`billing.settleAbout.${as}`, { total: showMoney(totalMinor ?? 0, currency) })}</Text>
          <TextInput
            label={t('billing.reference')}
            description={t('billing.referenceHint')}
            maxLength={200}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          <ProblemAlert error={settle.error} />
          <Group justify="space-between">
            <AsCall
              method="POST"
              path={`/v1/tenants/${tenantId}/invoices/${id}/${as}`}
              body={body}
              headers={{ 'Tenantry-Reason': reason, 'Idempotency-Key': '<uuid>' }}
              command={`invoice settle ${tenantId} ${id} --outcome ${as}${reference && ` --reference ${quote(reference)}`}`}
            />
            <Button type="submit" loading={settle.isPending}>
              {t(`billing.settle.${as}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
