import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { usePageSearch } from '../../app/search.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { QuotaBar } from '../../components/quota-bar.tsx'
import { showAge } from '../../i18n/format.ts'
import { quiet, useInside } from './inside.tsx'
import { LimitForm } from './limit-form.tsx'
import type { TabProps } from './tenant-query.ts'

export type Quota = components['schemas']['Quota']

/** From this share on there is something to do. */
const nearly = 80

export default function QuotasTab({ tenant }: TabProps) {
  const { t } = useTranslation('tenant')
  const { params } = useInside()
  const [, setSearch] = usePageSearch<'tab'>()
  const [changing, setChanging] = useState<Quota>()
  const quotas = useQuery({
    queryKey: ['tenant', tenant.id, 'quotas'],
    queryFn: async () => (await api.GET('/v1/tenants/{tenantId}/quotas', { params })).data.items,
    ...quiet,
  })
  const short = quotas.data?.filter(({ percentage }) => (percentage ?? 0) >= nearly) ?? []
  return (
    <Stack maw={720}>
      <ProblemAlert error={quotas.error} />
      {short.length > 0 && (
        <Alert color="yellow" icon={<IconArrowUp aria-hidden />} title={t('quotas.short', { count: short.length })}>
          <Text size="sm">
            {t('quotas.shortAbout', { names: short.map(({ meter }) => meter).join(', '), plan: tenant.tier })}
          </Text>
          <Button mt="xs" onClick={() => setSearch({ tab: 'billing' }, { replace: false })}>
            {t('quotas.upgrade')}
          </Button>
        </Alert>
      )}
      {quotas.data?.length === 0 && <EmptyState title={t('quotas.empty')} why={t('quotas.emptyWhy')} />}
      {quotas.data?.map((quota) => (
        <QuotaRow key={quota.meter} quota={quota} onChange={() => setChanging(quota)} />
      ))}
      {changing && <LimitForm quota={changing} onClose={() => setChanging(undefined)} />}
    </Stack>
  )
}

function QuotaRow({ quota, onChange }: { readonly quota: Quota; readonly onChange: () => void }) {
  const { t } = useTranslation('tenant')
  const { meter, kind, mode, period, used, max, reserved, resetsAt } = quota
  const resets = resetsAt === null ? '' : t('quotas.resets', { when: showAge(resetsAt) })
  const told = [t(`quotas.kinds.${kind}`), max === null ? '' : t(`quotas.modes.${mode}`), resets].filter(Boolean)
  return (
    <div>
      <QuotaBar
        name={meter}
        used={(used ?? 0) + reserved}
        max={max}
        {...(period !== null && { period: t(`quotas.periods.${period}`) })}
      />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {told.join(' · ')}
        </Text>
        <Button size="compact-xs" variant="subtle" onClick={onChange}>
          {t('quotas.change', { name: meter })}
        </Button>
      </Group>
    </div>
  )
}
