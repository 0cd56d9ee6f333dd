import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { AddressTabs } from '../../components/address-tabs.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { AddOns } from './add-ons.tsx'
import { Plans } from './plans.tsx'
import { Usage } from './usage.tsx'

const tabs = { usage: Usage, plans: Plans, addOns: AddOns }

/** What the plan gives, how much of it is used, and what else can be had. */
export default function PlanPage() {
  const { t } = useTranslation(['plan', 'pages'])
  return (
    <Stack>
      <PageHeader title={t('pages:plan')} />
      <AddressTabs tabs={Object.entries(tabs).map(([name, Part]) => ({ name, title: t(`tabs.${name}`), content: <Part /> }))} />
    </Stack>
  )
}
