import { Group, Text } from '@mantine/core'
import type { components } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { showAmount } from '../../components/limit-words.ts'
import { PlansLink } from '../../components/plans-link.tsx'
import { QuotaBar } from '../../components/quota-bar.tsx'
import { showTime } from '../../i18n/format.ts'
import { useLimitNames } from './limit-names.ts'

export type Quota = components['schemas']['Quota']

/** From this share on a way out is offered, before the limit stops anybody. */
const nearly = 80

/** One limit: how much of it is used, in which period, and what to do when it is nearly used up. */
export function LimitBar({ quota }: { readonly quota: Quota }) {
  const { t } = useTranslation('limits')
  const nameOf = useLimitNames()
  const { meter, kind, mode, max, used, reserved, period, percentage, resetsAt } = quota
  const show = (amount: number) => showAmount(meter, amount)
  if (used === null) {
    return (
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {nameOf(meter)}
        </Text>
        <Text size="sm" c="dimmed">
          {max === null ? t('unlimited') : period === null ? show(max) : t(`most.${period}`, { max: show(max) })}
        </Text>
      </Group>
    )
  }
  const when = kind === 'metered' && period !== null ? { period: t(`period.${period}`) } : {}
  return (
    <div data-meter={meter}>
      <QuotaBar name={nameOf(meter)} used={used} max={max} show={show} {...when} />
      <Group gap="sm" mt={2}>
        {resetsAt !== null && (
          <Text size="xs" c="dimmed">
            {t('begins', { time: showTime(resetsAt) })}
          </Text>
        )}
        {reserved > 0 && (
          <Text size="xs" c="dimmed">
            {t('reserved', { amount: show(reserved) })}
          </Text>
        )}
        {percentage !== null && percentage >= nearly && (
          <Text size="xs">
            {percentage >= 100 ? t(`reached.${mode}`) : t('nearly')} <PlansLink size="xs" />
          </Text>
        )}
      </Group>
    </div>
  )
}
