import { Badge, Button, Card, Group, List, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { may, mayOpen, useSession } from '../../app/session.ts'
import { AsCall } from '../../components/as-call.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { showDate, showMoney } from '../../i18n/format.ts'
import { useLimitNames } from '../limits/limit-names.ts'
import { type OfferedAddOn, offeredQuery, type Subscription, subscriptionQuery } from './plan-queries.ts'

type Held = Subscription['addOns'][number]
interface Act {
  readonly addOn: OfferedAddOn
  /** None to cancel. */
  readonly charge?: 'recurring' | 'once'
  readonly price: string
}

/** What can be had beside the plan. */
export function AddOns() {
  const { t } = useTranslation('plan')
  const session = useSession()
  const [act, setAct] = useState<Act>()
  const offered = useQuery(offeredQuery)
  const mayRead = may(session, 'billing:read') && session.reach === 'all'
  const subscription = useQuery({ ...subscriptionQuery, enabled: mayRead })
  const mayBuy = mayOpen(session, { permission: 'billing:write', role: 'admin' }) && session.reach === 'all'
  const heldOf = (key: string) => subscription.data?.addOns.find(({ addOn }) => addOn === key)
  return (
    <Stack>
      <ProblemAlert error={offered.error ?? subscription.error} />
      {offered.data?.addOns.length === 0 && <EmptyState title={t('addOn.none')} why={t('addOn.noneWhy')} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {offered.data?.addOns.map((addOn) => (
          <AddOnCard
            key={addOn.key}
            {...{ addOn, mayBuy }}
            held={heldOf(addOn.key)}
            interval={subscription.data?.interval ?? 'monthly'}
            onAct={setAct}
          />
        ))}
      </SimpleGrid>
      {act && <AddOnDialog act={act} onClose={() => setAct(undefined)} />}
    </Stack>
  )
}

interface AddOnCardProps {
  readonly addOn: OfferedAddOn
  readonly held: Held | undefined
  readonly interval: 'monthly' | 'yearly'
  readonly mayBuy: boolean
  readonly onAct: (act: Act) => void
}

function AddOnCard({ addOn, held, interval, mayBuy, onAct }: AddOnCardProps) {
  const { t } = useTranslation('plan')
  const nameOf = useLimitNames()
  const session = useSession()
  const { key, content } = addOn
  const { title, prices, features } = content
  const isIncluded = held === undefined && features.length > 0 && features.every((name) => session.tenant.features.includes(name))
  const offers = [
    { charge: 'recurring', name: interval, minor: prices[interval] },
    { charge: 'once', name: 'once', minor: prices.once },
  ] as const
  const cannot = mayBuy ? undefined : t('mayNotChoose')
  return (
    <Card withBorder component="section" aria-label={title} data-add-on={key}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title}
          </Title>
          {held && (
            <Badge variant="dot">
              {held.cancelAt === null ? t('addOn.has') : t('addOn.ends', { date: showDate(held.cancelAt) })}
            </Badge>
          )}
          {isIncluded && <Badge variant="dot">{t('addOn.included')}</Badge>}
        </Group>
        <List size="sm">
          {features.map((feature) => (
            <List.Item key={feature}>{nameOf(feature)}</List.Item>
          ))}
        </List>
        {held?.charge === 'recurring' && held.cancelAt === null && (
          <Button variant="default" disabled={!mayBuy} onClick={() => onAct({ addOn, price: '' })}>
            {t('addOn.cancel')}
          </Button>
        )}
        {(held === undefined || held.cancelAt !== null) &&
          !isIncluded &&
          offers.map(({ charge, name, minor }) => {
            if (minor === null) return null
            const price = t(`addOn.price.${name}`, { price: showMoney(minor, prices.currency) })
            return (
              <Button key={charge} disabled={!mayBuy} onClick={() => onAct({ addOn, charge, price })}>
                {held === undefined ? t('addOn.buy', { title, price }) : t('addOn.keep')}
              </Button>
            )
          })}
        {cannot !== undefined && (
          <Text size="sm" c="dimmed">
            {cannot}
          </Text>
        )}
      </Stack>
    </Card>
  )
}

function AddOnDialog({ act: { addOn, charge, price }, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const { t } = useTranslation(['plan', 'common'])
  const { title } = addOn.content
  const path = `/v1/subscription/add-ons/${addOn.key}`
  const acting = useMutation({
    mutationFn: async () => {
      const params = { path: { addOn: addOn.key } }
      if (charge === undefined) return api.DELETE('/v1/subscription/add-ons/{addOn}', { params })
      return api.PUT('/v1/subscription/add-ons/{addOn}', { params, body: { charge } })
    },
    onSuccess: () => {
      if (charge !== undefined) notifications.show({ message: t('addOn.bought', { title }) })
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(charge === undefined ? 'addOn.cancelTitle' : 'addOn.buyTitle', { title })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Stack>
        <Text>{charge === undefined ? t('addOn.cancelWhy') : t('addOn.buyWhy', { price })}</Text>
        <ProblemAlert error={acting.error} />
        <Group justify="space-between">
          <AsCall method={charge === undefined ? 'DELETE' : 'PUT'} path={path} {...(charge && { body: { charge } })} />
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button loading={acting.isPending} onClick={() => acting.mutate()}>
              {charge === undefined ? t('addOn.cancel') : t('addOn.confirm')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
