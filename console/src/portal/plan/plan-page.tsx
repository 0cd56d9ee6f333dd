import { Stack, Tabs } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePageSearch } from '../../app/search.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { AddOns } from './add-ons.tsx'
import { Plans } from './plans.tsx'
import { Usage } from './usage.tsx'

const tabs = { usage: Usage, plans: Plans, addOns: AddOns }

/** What the plan gives, how much of it is used, and what else can be had. */
export default function PlanPage() {
  const { t } = useTranslation(['plan', 'pages'])
  const [search, setSearch] = usePageSearch<'tab'>()
  const tab = search.tab !== undefined && Object.hasOwn(tabs, search.tab) ? search.tab : 'usage'
  return (
    <Stack>
      <PageHeader title={t('pages:plan')} />
      <Tabs value={tab} onChange={(value) => setSearch({ tab: value ?? undefined })} keepMounted={false}>
        <Tabs.List>
          {Object.keys(tabs).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(tabs).map(([name, Panel]) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <Panel />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}
