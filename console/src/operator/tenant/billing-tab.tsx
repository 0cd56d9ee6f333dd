import { Button, Group, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showMoney } from '../../i18n/format.ts'
import { Facts } from './facts.tsx'
import { quiet, useInside } from './inside.tsx'
import { InvoiceList } from './invoice-list.tsx'
import { PlanForm } from './plan-form.tsx'
import type { TabProps } from './tenant-query.ts'

export default function BillingTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [choosing, { open, close }] = useDisclosure(false)
  const { data: subscription, error } = useQuery({
    queryKey: ['tenant', tenant.id, 'subscription'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/subscription', { params })).data,
    ...quiet,
  })
  return (
    <Stack>
      <ProblemAlert error={error} />
      {subscription && (
        <Facts
          caption={t('billing.subscription')}
          rows={[
            [t('billing.plan'), t('billing.planVersion', { plan: subscription.plan, version: subscription.planVersion })],
            [t('state'), t(`billing.states.${subscription.state}`)],
            [
              t('billing.price'),
              t(`billing.per.${subscription.interval}`, { price: showMoney(subscription.priceMinor, subscription.currency) }),
            ],
            [
              t('billing.period'),
              t('billing.fromTo', { from: showDate(subscription.periodStart), to: showDate(subscription.periodEnd) }),
            ],
            [t('billing.trialEnds'), subscription.trialEndsAt && showDate(subscription.trialEndsAt)],
            [t('billing.ends'), subscription.cancelAt && showDate(subscription.cancelAt)],
            [t('billing.next'), subscription.pending?.plan],
            [
              t('differences.addOns'),
              subscription.addOns
                .map(({ title, priceMinor }) => `${title} (${showMoney(priceMinor, subscription.currency)})`)
                .join(', '),
            ],
          ]}
        />
      )}
      <Group>
        <Button onClick={open}>{t('billing.choose')}</Button>
      </Group>
      <Title order={2} size="h4">
        {t('billing.invoices')}
      </Title>
      <InvoiceList tenantId={tenant.id} />
      {choosing && <PlanForm tenant={tenant} billed={subscription} onClose={close} />}
    </Stack>
  )
}
