import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Waiting } from '../../app/waiting.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { CostCard } from '../overview/cost-card.tsx'
import { billingQuery } from './costs.ts'
import { InvoiceList } from './invoice-list.tsx'
import { SubscriptionCard } from './subscription-card.tsx'

/** What is paid for, until when, and the invoices. */
export default function BillingPage() {
  const { t } = useTranslation('pages')
  const { data, error } = useQuery(billingQuery)
  return (
    <Stack>
      <PageHeader title={t('billing')} />
      <ProblemAlert error={error} />
      {data === undefined ? (
        error === null && <Waiting />
      ) : (
        <>
          <SubscriptionCard billing={data} />
          <CostCard />
        </>
      )}
      <InvoiceList />
    </Stack>
  )
}
