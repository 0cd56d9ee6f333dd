import { Button, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { components } from '@tenantry/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/api.ts'
import { AsCall } from '../../components/as-call.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { usePlanNames } from '../bulk/plan-names.ts'
import { quiet, useInside } from './inside.tsx'
import { PlanChanges } from './plan-changes.tsx'
import type { Tenant } from './tenant-query.ts'

export interface PlanFormProps {
  readonly tenant: Tenant
  readonly billed: components['schemas']['Subscription'] | undefined
  readonly onClose: () => void
}

type How = 'chosen' | 'moved'
type Interval = 'monthly' | 'yearly'

/** Another plan: what it changes is seen before it is done. */
export function PlanForm({ tenant, billed, onClose }: PlanFormProps) {
  const { t } = useTranslation(['tenant', 'common'])
  const { params, tenantId, reason } = useInside()
  const [plan, setPlan] = useState<string>()
  const [how, setHow] = useState<How>(billed === undefined ? 'moved' : 'chosen')
  const [interval, setInterval] = useState<Interval>(billed?.interval ?? 'monthly')
  const { plans } = usePlanNames(tenant.system)
  const preview = useQuery({
    queryKey: ['tenant', tenantId, 'preview', plan],
    queryFn: async () => {
      const path = { tenantId, key: plan ?? '' }
      return (await api.GET('/v1/tenants/{tenantId}/plans/{key}/preview', { params: { ...params, path } })).data
    },
    enabled: plan !== undefined,
    ...quiet,
  })
  const change = useMutation({
    mutationFn: async (key: string) => {
      if (how === 'chosen') await api.PATCH('/v1/tenants/{tenantId}/subscription', { params, body: { plan: key, interval } })
      else await api.PUT('/v1/tenants/{tenantId}/plan', { params, body: { plan: key } })
    },
    onSuccess: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (plan !== undefined) change.mutate(plan)
  }
  const call =
    how === 'chosen'
      ? { method: 'PATCH' as const, path: 'subscription', body: { plan, interval }, command: 'subscription change' }
      : { method: 'PUT' as const, path: 'plan', body: { plan }, command: 'plan assign' }
  return (
    <Modal opened onClose={onClose} size="lg" title={t('billing.choose')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form onSubmit={submit}>
        <Stack>
          <Select
            label={t('billing.plan')}
            required
            data={plans.map(([value, label]) => ({ value, label, disabled: value === tenant.tier && how === 'moved' }))}
            value={plan ?? null}
            onChange={(key) => setPlan(key ?? undefined)}
          />
          <SegmentedControl
            aria-label={t('billing.how')}
            data={(['chosen', 'moved'] as const).map((value) => ({ value: value as string, label: t(`billing.${value}`) }))}
            value={how}
            onChange={(value) => setHow(value as How)}
          />
          <Text size="sm" c="dimmed">
            {t(`billing.${how}About`)}
          </Text>
          {how === 'chosen' && (
            <Select
              label={t('billing.interval')}
              data={(['monthly', 'yearly'] as const).map((value) => ({
                value: value as string,
                label: t(`billing.intervals.${value}`),
              }))}
              value={interval as string}
              onChange={(value) => setInterval(value === 'yearly' ? 'yearly' : 'monthly')}
              allowDeselect={false}
            />
          )}
          {preview.data && <PlanChanges preview={preview.data} />}
          <ProblemAlert error={change.error ?? preview.error} />
          <Group justify="space-between">
            <AsCall
              method={call.method}
              path={`/v1/tenants/${tenantId}/${call.path}`}
              body={call.body}
              headers={{ 'Tenantry-Reason': reason }}
              command={`${call.command} ${tenant.slug} ${plan ?? '<plan>'}${how === 'chosen' ? ` --interval ${interval}` : ''}`}
            />
            <Button type="submit" disabled={plan === undefined} loading={change.isPending}>
              {t('common:change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
