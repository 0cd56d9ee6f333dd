import { Group, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { showNumber } from '../i18n/format.ts'

export interface QuotaBarProps {
  readonly name: string
  readonly used: number
  /** Null is unlimited. */
  readonly max: number | null
  /** `this month`; none of what is counted and not metered. */
  readonly period?: string
  /** Amounts in words, where they have a unit; default as numbers. */
  readonly show?: (amount: number) => string
}

/** How much of a limit is used: in numbers, and for the eye. */
export function QuotaBar({ name, used, max, period, show = showNumber }: QuotaBarProps) {
  const { t } = useTranslation('common')
  const share = max === null ? 0 : max === 0 ? 1 : used / max
  const colour = share >= 1 ? 'red' : share >= 0.8 ? 'yellow' : 'brand'
  const numbers = max === null ? t('ofUnlimited', { used: show(used) }) : t('ofMost', { used: show(used), max: show(max) })
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={500}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {period === undefined ? numbers : `${numbers} · ${period}`}
        </Text>
      </Group>
      {/* The short form would put the label beside the bar that a screen reader finds. */}
      <Progress.Root>
        <Progress.Section value={Math.min(100, share * 100)} color={colour} aria-label={`${name}: ${numbers}`} />
      </Progress.Root>
    </div>
  )
}
