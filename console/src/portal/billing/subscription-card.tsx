import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { mayOpen, useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showMoney } from '../../i18n/format.ts'
import { CancelSubscription } from './cancel-subscription.tsx'
import type { Billing } from './costs.ts'

const colours = {
  trialing: 'blue',
  active: 'teal',
  past_due: 'red',
  paused: 'yellow',
  canceled: 'gray',
  expired: 'gray',
} as const

export function SubscriptionCard({ billing: { subscription, plan } }: { readonly billing: Billing }) {
  const { t } = useTranslation('billing')
  const session = useSession()
  const [isCancelling, setCancelling] = useState(false)
  const { state, interval, priceMinor, currency, periodStart, periodEnd, trialEndsAt, cancelAt, pending } = subscription
  const resuming = useMutation({ mutationFn: () => api.POST('/v1/subscription/resume') })
  const hasEnded = state === 'canceled' || state === 'expired'
  const mayWrite = mayOpen(session, { permission: 'billing:write', role: 'admin' })
  return (
    <Card withBorder component="section" aria-labelledby="subscription" data-subscription={state}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h4" id="subscription">
            {plan}
          </Title>
          <Badge variant="dot" color={colours[state]}>
            {t(`state.${state}`)}
          </Badge>
        </Group>
        <Text>{t(`price.${interval}`, { price: showMoney(priceMinor, currency) })}</Text>
        <Text size="sm" c="dimmed">
          {t('period', { from: showDate(periodStart), to: showDate(periodEnd) })}
        </Text>
        {state === 'trialing' && trialEndsAt !== null && <Text size="sm">{t('trialEnds', { date: showDate(trialEndsAt) })}</Text>}
        {pending !== null && (
          <Alert color="blue" role="status">
            {t('pending', {
              plan: pending.plan,
              price: t(`price.${pending.interval}`, { price: showMoney(pending.priceMinor, pending.currency) }),
              date: showDate(periodEnd),
            })}
          </Alert>
        )}
        {cancelAt !== null && !hasEnded && (
          <Alert color="yellow" role="status">
            {t('cancelled', { date: showDate(cancelAt) })}
          </Alert>
        )}
        <ProblemAlert error={resuming.error} />
        <Group gap="xs">
          <Button component={Link} to="/plan" search={{ tab: 'plans' } as never}>
            {t('changePlan')}
          </Button>
          {cancelAt !== null && !hasEnded ? (
            <>
              <Button variant="default" disabled={!mayWrite} loading={resuming.isPending} onClick={() => resuming.mutate()}>
                {t('resume')}
              </Button>
              <AsCall method="POST" path="/v1/subscription/resume" />
            </>
          ) : (
            <Button variant="default" disabled={!mayWrite || hasEnded} onClick={() => setCancelling(true)}>
              {t('cancel')}
            </Button>
          )}
        </Group>
        {!mayWrite && (
          <Text size="sm" c="dimmed">
            {t('mayNot')}
          </Text>
        )}
      </Stack>
      {isCancelling && <CancelSubscription periodEnd={periodEnd} onClose={() => setCancelling(false)} />}
    </Card>
  )
}
