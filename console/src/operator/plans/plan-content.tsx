import { Badge, Group, List, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { showMoney, showNumber } from '../../i18n/format.ts'
import type { Offer } from './plan-versions.ts'

/** What one version gives, and what it costs. */
export function PlanContentView({ offer: { content } }: { readonly offer: Offer }) {
  const { t } = useTranslation('plan-versions')
  return (
    <Stack gap="xs">
      <Price prices={content.prices} />
      {content.features.length > 0 && (
        <Group gap={4}>
          {content.features.map((feature) => (
            <Badge key={feature} variant="default">
              {feature}
            </Badge>
          ))}
        </Group>
      )}
      <List size="sm">
        {Object.entries(content.limits).map(([name, limit]) => (
          <List.Item key={name}>
            {name}: {limit.max === null ? t('unlimited') : showNumber(limit.max)}
            {'period' in limit && limit.period !== null && ` / ${t(`periods.${limit.period}`)}`}
          </List.Item>
        ))}
        {'values' in content &&
          Object.entries(content.values).map(([name, value]) => (
            <List.Item key={name}>
              {name}: {String(value)}
            </List.Item>
          ))}
      </List>
    </Stack>
  )
}

function Price({ prices }: { readonly prices: Offer['content']['prices'] }) {
  const { t } = useTranslation('plan-versions')
  if (prices === null) return <Text size="sm">{t('agreed')}</Text>
  const { currency, monthly, yearly } = prices
  const once = 'once' in prices ? prices.once : null
  const parts = [
    ...(typeof monthly === 'number' ? [t('monthly', { price: showMoney(monthly, currency) })] : []),
    ...(typeof yearly === 'number' ? [t('yearly', { price: showMoney(yearly, currency) })] : []),
    ...(typeof once === 'number' ? [t('once', { price: showMoney(once, currency) })] : []),
  ]
  return <Text size="sm">{parts.length === 0 ? t('free') : parts.join(' · ')}</Text>
}
