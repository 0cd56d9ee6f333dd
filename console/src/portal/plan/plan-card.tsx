import { Badge, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { showAmount } from '../../components/limit-words.ts'
import { showMoney } from '../../i18n/format.ts'
import { useLimitNames } from '../limits/limit-names.ts'
import type { OfferedPlan } from './plan-queries.ts'
import type { Interval } from './plans.tsx'

export interface PlanCardProps {
  readonly plan: OfferedPlan
  readonly interval: Interval
  readonly isHeld: boolean
  readonly mayChoose: boolean
  readonly onChoose: () => void
}

export function PlanCard({ plan: { key, content }, interval, isHeld, mayChoose, onChoose }: PlanCardProps) {
  const { t } = useTranslation(['plan', 'limits'])
  const nameOf = useLimitNames()
  const { title, prices, features, limits, trialDays } = content
  const price = prices?.[interval] ?? null
  const reason = reasonAgainst()
  function reasonAgainst(): string | undefined {
    if (prices === null) return t('onRequest')
    if (price === null) return interval === 'yearly' ? t('notYearly') : t('notMonthly')
    return mayChoose ? undefined : t('mayNotChoose')
  }
  return (
    <Card withBorder component="section" aria-label={title} data-plan={key}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title}
          </Title>
          {isHeld && <Badge variant="dot">{t('yours')}</Badge>}
        </Group>
        <Text fw={600}>
          {prices === null || price === null
            ? t('agreed')
            : t(interval === 'yearly' ? 'perYear' : 'perMonth', { price: showMoney(price, prices.currency) })}
        </Text>
        {trialDays !== null && <Text size="sm">{t('trial', { count: trialDays })}</Text>}
        <List size="sm">
          {features.map((feature) => (
            <List.Item key={feature}>{nameOf(feature)}</List.Item>
          ))}
          {Object.entries(limits).map(([name, { max, period }]) => (
            <List.Item key={name}>{t('limitOf', { name: nameOf(name), max: amountOf(name, max, period) })}</List.Item>
          ))}
        </List>
        <Button mt="auto" variant={isHeld ? 'default' : 'filled'} disabled={reason !== undefined} onClick={onChoose}>
          {t('choose', { title })}
        </Button>
        {reason !== undefined && (
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
        )}
      </Stack>
    </Card>
  )

  function amountOf(name: string, max: number | null, period: string | null): string {
    if (max === null) return t('limits:unlimited')
    return period === null ? showAmount(name, max) : t(`limits:most.${period}`, { max: showAmount(name, max) })
  }
}
