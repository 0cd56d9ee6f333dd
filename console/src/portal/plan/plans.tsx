import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { mayOpen, useSession } from '../../app/session.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { ChangePlan } from './change-plan.tsx'
import { PlanCard } from './plan-card.tsx'
import { entitlementsQuery, type OfferedPlan, offeredQuery } from './plan-queries.ts'

export type Interval = 'monthly' | 'yearly'

/** The plans side by side, and the way from one to another. */
export function Plans() {
  const { t } = useTranslation('plan')
  const session = useSession()
  const [search, setSearch] = usePageSearch<'interval'>()
  const interval: Interval = search.interval === 'yearly' ? 'yearly' : 'monthly'
  const [chosen, setChosen] = useState<OfferedPlan>()
  const offered = useQuery(offeredQuery)
  const held = useQuery(entitlementsQuery)
  const plans = offered.data?.plans ?? []
  const isSoldYearly = plans.some(({ content }) => content.prices?.yearly != null)
  const mayChoose = mayOpen(session, { permission: 'billing:write', role: 'admin' }) && session.reach === 'all'
  return (
    <Stack>
      <ProblemAlert error={offered.error ?? held.error} />
      {isSoldYearly && (
        <SegmentedControl
          aria-label={t('interval')}
          data={[
            { value: 'monthly', label: t('monthly') },
            { value: 'yearly', label: t('yearly') },
          ]}
          value={interval}
          onChange={(value) => setSearch({ interval: value })}
        />
      )}
      {offered.data && plans.length === 0 && <EmptyState title={t('noPlans')} why={t('noPlansWhy')} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {held.data &&
          plans.map((plan) => (
            <PlanCard
              key={plan.key}
              plan={plan}
              interval={interval}
              isHeld={plan.key === held.data.plan.key}
              mayChoose={mayChoose}
              onChoose={() => setChosen(plan)}
            />
          ))}
      </SimpleGrid>
      {chosen && <ChangePlan plan={chosen} interval={interval} onClose={() => setChosen(undefined)} />}
    </Stack>
  )
}
