import { Box } from '@mantine/core'
import type { paths } from '@tenantry/client'
import { useTranslation } from 'react-i18next'
import { showAmount } from '../../components/limit-words.ts'
import { QuotaBar } from '../../components/quota-bar.tsx'

type Summary = paths['/v1/tenants/stats']['get']['responses']['200']['content']['application/json']['items'][number]

/** In a row of the list: the limit of which the tenant has used most, by the name that operators know it by. */
export function FullestQuota({ meter, used, max, period }: NonNullable<Summary['fullest']>) {
  const { t } = useTranslation('limits')
  return (
    <Box miw={200}>
      <QuotaBar
        name={meter}
        used={used}
        max={max}
        show={(amount) => showAmount(meter, amount)}
        {...(period !== null && { period: t(`period.${period}`) })}
      />
    </Box>
  )
}
