import { Badge, Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { type Column, DataTable } from '../../components/data-table.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { saveBlob } from '../../components/save-file.ts'
import { showDate, showMoney } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import { SettleForm, settlements } from './settle-form.tsx'

type Invoice = components['schemas']['Invoice']
type Settling = { readonly invoice: Invoice; readonly as: (typeof settlements)[number] }

function useColumns(onSettle: (settling: Settling) => void, onPdf: (invoice: Invoice) => void): Column<Invoice>[] {
  const { t } = useTranslation('tenant')
  return [
    { name: 'number', title: t('billing.number'), show: ({ number }) => number ?? t('billing.draft') },
    {
      name: 'period',
      title: t('billing.period'),
      show: ({ periodStart, periodEnd }) => t('billing.fromTo', { from: showDate(periodStart), to: showDate(periodEnd) }),
    },
    { name: 'state', title: t('state'), show: ({ state }) => <Badge variant="default">{t(`billing.invoice.${state}`)}</Badge> },
    {
      name: 'total',
      title: t('billing.total'),
      align: 'end',
      show: ({ totalMinor, currency }) => (totalMinor === null ? '' : showMoney(totalMinor, currency)),
    },
    { name: 'due', title: t('billing.due'), show: ({ dueAt }) => dueAt && showDate(dueAt) },
    {
      name: 'acts',
      title: t('actions'),
      show: (invoice) => (
        <Group gap={4} wrap="nowrap">
          {settlements.map((as) => (
            <Button
              key={as}
              size="compact-sm"
              variant="subtle"
              disabled={invoice.state !== 'sealed'}
              onClick={() => onSettle({ invoice, as })}
            >
              {t(`billing.settle.${as}`)}
            </Button>
          ))}
          <Button size="compact-sm" variant="subtle" disabled={invoice.state === 'draft'} onClick={() => onPdf(invoice)}>
            PDF
          </Button>
        </Group>
      ),
    },
  ]
}

export function InvoiceList({ tenantId }: { readonly tenantId: string }) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [settling, setSettling] = useState<Settling>()
  const invoices = useQuery({
    queryKey: ['tenant', tenantId, 'invoices'],
    queryFn: async () =>
      (await api.GET('/v1/tenants/{tenantId}/invoices', { params: { ...params, query: { limit: 200 } } })).data.items,
    ...quiet,
  })
  const pdf = useMutation({
    mutationFn: async ({ id, number }: Invoice) => {
      const asked = { params: { ...params, path: { tenantId, id } }, parseAs: 'blob' } as const
      const { data } = await api.GET('/v1/tenants/{tenantId}/invoices/{id}/pdf', asked)
      saveBlob(`${number ?? id}.pdf`, data as unknown as Blob)
    },
  })
  const columns = useColumns(setSettling, (invoice) => pdf.mutate(invoice))
  return (
    <>
      <ProblemAlert error={invoices.error ?? pdf.error} />
      {invoices.data && (
        <DataTable
          caption={t('billing.invoices')}
          columns={columns}
          rows={invoices.data}
          keyOf={({ id }) => id}
          empty={<Text c="dimmed">{t('billing.noInvoices')}</Text>}
        />
      )}
      {settling && <SettleForm {...settling} onClose={() => setSettling(undefined)} />}
    </>
  )
}
